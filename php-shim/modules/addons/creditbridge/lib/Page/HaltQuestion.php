<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;

/**
 * The service found that the database went back to an earlier state. Shows what it found, what that means, and the two
 * answers (bridge/README.md "The settings row"). Works without the service, which reads the answer later.
 */
final class HaltQuestion
{
    const FOUND = 'restored';
    const READOPT = 'readopt';
    const CONTINUE_AS_IS = 'continue';

    /**
     * Returns the box, or '' if nothing is halted.
     *
     * @param callable|null $button act, its text, the kind of button → a form; null for those who may not answer
     */
    public static function html(Settings $settings, $button): string
    {
        if (!$settings->isHalted()) {
            return '';
        }
        if ($settings->text('halted') !== self::FOUND) {
            return Html::flash('warn', 'Noted. The service continues as soon as it has read your answer ('
                . $settings->text('halted') . '). Until then nothing is sent or run.');
        }
        return '<div class="cb-flash cb-bad" role="alert"><p><strong>Was this database restored from a backup?</strong> '
            . Html::escape($settings->text('halted_reason')) . '</p><p>Commands that ran after the backup may look open'
            . ' again, and would pay twice. Until you answer, nothing is sent or run, and hooks are kept.</p>'
            . ($button === null ? '<p>A full admin can answer.</p>'
                : '<p><em>It was restored</em>: unsettled commands and unsent hooks are dropped,'
                . ' and the ledger adopts all balances again.</p>'
                . $button(self::READOPT, 'It was restored: adopt anew', 'primary')
                . '<p><em>Nothing was restored</em> (rows were edited or deleted by hand): commands and hooks are kept,'
                . ' and the ledger records the differences as changes by hand.</p>'
                . $button(self::CONTINUE_AS_IS, 'Nothing was restored: continue', 'default')) . '</div>';
    }

    /** @param string $answer READOPT or CONTINUE_AS_IS */
    public static function answer(string $answer, int $adminId): string
    {
        $change = static function () use ($answer): bool {
            $changed = Database::change(
                'UPDATE mod_creditbridge_settings SET halted = ? WHERE id = 1 AND halted = ?',
                [$answer, self::FOUND]
            );
            if ($changed === 1 && $answer === self::READOPT) {
                Queue::leaveBehind('Dropped: an admin said that the database was restored.');
                Spool::leaveBehind();
            }
            return $changed === 1;
        };
        $isFirst = Audit::recorded(Audit::admin($adminId), 'halt-answer', ['answer' => $answer], $change);
        if (!$isFirst) {
            return 'This question is already answered.';
        }
        Log::activity('admin ' . $adminId . ($answer === self::READOPT
            ? ' said that the database was restored: unsettled commands and unsent hooks were dropped.'
            : ' said that nothing was restored: work continues with the data as it is.'));

        return $answer === self::READOPT
            ? 'Noted: unsettled commands and unsent hooks are dropped, and the ledger adopts all balances again.'
            : 'Noted: the ledger records what it finds as changes by hand.';
    }
}
