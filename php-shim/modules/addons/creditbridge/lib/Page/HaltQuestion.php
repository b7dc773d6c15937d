<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;

/**
 * The service found the database put back to an earlier state: what was found, what it means, and the two ways back
 * (bridge/README.md "The settings row"). Works without the service, which acts on the answer when it reads it.
 */
final class HaltQuestion
{
    const FOUND = 'restored';
    const READOPT = 'readopt';
    const CONTINUE_AS_IS = 'continue';
    /** Leaving behind touches many rows, which others may be writing: a deadlock is tried again. */
    const TRIES = 3;

    /**
     * The box; '' when nothing is halted.
     *
     * @param callable|null $button act, its text, the kind of button → a form; null for those who may not answer
     */
    public static function html(Settings $settings, $button): string
    {
        if (!$settings->isHalted()) {
            return '';
        }
        if ($settings->text('halted') !== self::FOUND) {
            return Html::flash('warn', 'Noted; the service goes on as soon as it has read your answer ('
                . $settings->text('halted') . '). Until then nothing is sent or run.');
        }
        return '<div class="cb-flash cb-bad" role="alert"><p><strong>Was this database restored from a backup?</strong> '
            . Html::escape($settings->text('halted_reason')) . '</p><p>Commands that were carried out since then may look open'
            . ' again, and would pay twice. So until you say, nothing is sent or run, and hooks are kept.</p>'
            . ($button === null ? '<p>A full admin can answer.</p>'
                : '<p><em>It was restored</em>: commands that are not settled and hooks that were not sent are left behind,'
                . ' and the ledger adopts all balances anew.</p>'
                . $button(self::READOPT, 'It was restored: adopt anew', 'primary')
                . '<p><em>Nothing was restored</em> (rows were edited or deleted by hand): commands and hooks are kept,'
                . ' and the ledger notes what differs as changes by hand.</p>'
                . $button(self::CONTINUE_AS_IS, 'Nothing was restored: continue', 'default')) . '</div>';
    }

    /** @param string $answer READOPT or CONTINUE_AS_IS */
    public static function answer(string $answer, int $adminId): string
    {
        $isFirst = Capsule::connection()->transaction(static function () use ($answer): bool {
            $changed = Database::change(
                'UPDATE mod_creditbridge_settings SET halted = ? WHERE id = 1 AND halted = ?',
                [$answer, self::FOUND]
            );
            if ($changed === 1 && $answer === self::READOPT) {
                Queue::leaveBehind('It was left behind: an admin said that the database was restored.');
                Spool::leaveBehind();
            }
            return $changed === 1;
        }, self::TRIES);
        if (!$isFirst) {
            return 'Nothing is asked any more; somebody answered already.';
        }
        Audit::byAdmin($adminId, 'halt-answer', Audit::INSTALLATION, ['answer' => $answer]);
        Log::activity('admin ' . $adminId . ($answer === self::READOPT
            ? ' said that the database was restored: what was not settled or sent was left behind.'
            : ' said that nothing was restored: work continues with what is there.'));

        return $answer === self::READOPT ? 'Noted: what was not settled or sent is left behind, and the ledger adopts anew.'
            : 'Noted: the ledger takes what it finds as changes by hand.';
    }
}
