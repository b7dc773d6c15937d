<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Command\Ceilings;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\SelfTest\Verdicts;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;

/**
 * The alert on the admin's home page: problems that an admin must see without opening the addon page (design §12).
 */
final class Alert
{
    public static function html(Settings $settings): string
    {
        $sentence = self::sentence($settings);

        return $sentence === '' ? '' : '<div class="alert alert-warning"><strong>Credit Bridge:</strong> '
            . Html::escape($sentence) . ' <a href="addonmodules.php?module=creditbridge&amp;page=connection"'
            . ' class="alert-link">Open Credit Bridge</a></div>';
    }

    /** What a backlog of this age means, in words. */
    public static function ofBacklog(array $backlog): string
    {
        return ucfirst($backlog['told']) . ' hooks have been waiting for up to ' . intdiv($backlog['seconds'], 60)
            . ' minutes. No credit is applied, and WHMCS may send reminders and suspend services.';
    }

    private static function sentence(Settings $settings): string
    {
        if ($settings->text('state') === Settings::STATE_COPY_OR_MOVE) {
            return 'this WHMCS is at another place than before. Nothing is sent or run until you say whether it was moved'
                . ' or copied.';
        }
        if ($settings->text('halted') === HaltQuestion::FOUND) {
            return 'the database seems to be restored to an earlier state. Nothing is sent or run until you answer.';
        }
        if ($settings->text('trial_open') !== '' || Verdicts::left($settings) !== '') {
            return 'the trial may have left an invoice or 0.01 of credit behind. The Connection page says what is there and'
                . ' what to do.';
        }
        $backlog = Spool::backlog();
        if ($backlog['seconds'] >= Limits::BACKLOG_ALERT_SECONDS) {
            return self::ofBacklog($backlog);
        }
        $waiting = Ceilings::waiting();

        return $waiting > 0 ? CeilingsCard::told($waiting) : TrialCards::afterUpgrade($settings);
    }
}
