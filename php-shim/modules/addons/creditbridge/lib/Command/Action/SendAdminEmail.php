<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Action;

use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Page\Html;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * SendAdminEmail: a notice for the admins who get WHMCS's messages about the system. Sending it twice does no harm.
 */
final class SendAdminEmail extends Action
{
    protected function parameters(): array
    {
        return ['customsubject', 'custommessage'];
    }

    protected function isComplete(array $parameters): bool
    {
        return self::has($parameters, 'customsubject', 'custommessage')
            && is_string($parameters['customsubject']) && is_string($parameters['custommessage']);
    }

    /** WHMCS fills in a mail's merge fields with Smarty, so nothing of it may have a brace. */
    public function call(array $command, string $admin): array
    {
        $plain = static function (string $text): string {
            return strtr($text, '{}', '()');
        };
        return LocalApi::call('SendAdminEmail', [
            'type' => 'system',
            'customsubject' => $plain($command['parameters']['customsubject']),
            'custommessage' => nl2br(Html::escape($plain($command['parameters']['custommessage']))),
        ], $admin);
    }
}
