<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Work;

use WHMCS\Module\Addon\Creditbridge\Command\Ceilings;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Installation\Snapshot;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Page\CeilingsCard;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Mails the admins once, until none waits any more, that additions of credit wait above a ceiling: either the ceilings are too
 * low, or somebody has the service's database password.
 */
final class CeilingMail
{
    public static function sendOnce(Settings $settings): void
    {
        $settings->reload();
        $waiting = Ceilings::waiting();
        $isMailed = ($settings->json('whmcs')['ceilingMailedAt'] ?? null) !== null;
        if ($waiting === 0 && $isMailed) {
            Snapshot::remember($settings, 'ceilingMailedAt', null);
        }
        if ($waiting > 0 && !$isMailed && Fingerprint::notice($settings) === Fingerprint::HOME) {
            Snapshot::remember($settings, 'ceilingMailedAt', gmdate('Y-m-d\TH:i:s\Z'));
            LocalApi::demand('SendAdminEmail', [
                'type' => 'system',
                'customsubject' => 'Credit Bridge: credit waits above a ceiling',
                'custommessage' => CeilingsCard::told($waiting) . ' Look at them under Commands. If they are right, raise the'
                    . ' ceiling on the Connection page. If nobody knows them, somebody may have the database password of the'
                    . ' service: press Freeze everything and change it.',
            ], $settings->text('acting_admin'));
        }
    }
}
