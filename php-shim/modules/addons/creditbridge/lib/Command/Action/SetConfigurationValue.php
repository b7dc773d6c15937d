<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Action;

use WHMCS\Module\Addon\Creditbridge\Installation\CreditSettings;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * SetConfigurationValue: setting it again is safe.
 */
final class SetConfigurationValue extends Action
{
    protected function parameters(): array
    {
        return ['setting', 'value'];
    }

    protected function isComplete(array $parameters): bool
    {
        return self::has($parameters, 'setting', 'value')
            && in_array($parameters['setting'], CreditSettings::WRITABLE, true);
    }
}
