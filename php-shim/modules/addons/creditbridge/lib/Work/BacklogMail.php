<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Work;

use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Installation\Snapshot;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Page\Alert;
use WHMCS\Module\Addon\Creditbridge\Page\Html;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;

/**
 * Mails the admins once per outage that hooks wait (design §12), because they may not look at the admin home page.
 */
final class BacklogMail
{
    public static function sendOnce(Settings $settings): void
    {
        $settings->reload();
        $backlog = Spool::backlog();
        $isMailed = ($settings->json('whmcs')['backlogMailedAt'] ?? null) !== null;
        if ($backlog['seconds'] < Limits::BACKLOG_ALERT_SECONDS) {
            if ($isMailed) {
                Snapshot::remember($settings, 'backlogMailedAt', null);
            }
            return;
        }
        if (!$isMailed && Fingerprint::notice($settings) === Fingerprint::HOME) {
            Snapshot::remember($settings, 'backlogMailedAt', gmdate('Y-m-d\TH:i:s\Z'));
            // WHMCS fills in a mail's merge fields with Smarty, so the reason must not contain braces.
            $reason = strtr($settings->text('breaker_reason'), '{}', '()');
            LocalApi::demand('SendAdminEmail', [
                'type' => 'system',
                'customsubject' => 'Credit Bridge: hooks wait for the service',
                'custommessage' => Html::escape(Alert::ofBacklog($backlog) . ' ' . $reason),
            ], $settings->text('acting_admin'));
        }
    }
}
