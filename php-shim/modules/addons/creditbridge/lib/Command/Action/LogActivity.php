<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Action;

use WHMCS\Module\Addon\Creditbridge\Text;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * LogActivity: writing the line twice does no harm.
 */
final class LogActivity extends Action
{
    protected function parameters(): array
    {
        return ['description', 'clientid'];
    }

    protected function isComplete(array $parameters): bool
    {
        return self::has($parameters, 'description');
    }

    public function call(array $command, string $admin): array
    {
        $command['parameters']['description'] = Text::withoutMarkup((string) $command['parameters']['description'], 500);

        return parent::call($command, $admin);
    }
}
