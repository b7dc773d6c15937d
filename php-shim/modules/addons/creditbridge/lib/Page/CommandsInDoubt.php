<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Command\CreditRow;
use WHMCS\Module\Addon\Creditbridge\Command\InDoubt;
use WHMCS\Module\Addon\Creditbridge\Command\SecondAnswer;
use WHMCS\Module\Addon\Creditbridge\Command\Signs;
use WHMCS\Module\Addon\Creditbridge\Declined;
use WHMCS\Module\Addon\Creditbridge\Log;

/**
 * Commands whose outcome is not known (design §7.5). Only an admin who may move credit settles them, and no answer is taken
 * that WHMCS contradicts. Until then the client's other money commands wait.
 */
final class CommandsInDoubt
{
    /** Shows the oldest; the others appear as these are settled. */
    const SHOWN = 20;
    const DONE = 'settle-done';
    const NOT_DONE = 'settle-not-done';
    const ACTS = [self::DONE, self::NOT_DONE];

    /**
     * Returns the card, or '' if nothing is in doubt.
     *
     * @param callable $button act, its text, the kind of button, hidden fields, other fields as HTML → a form
     * @param string $base address of the page, to which `page=` is appended
     */
    public static function html(callable $button, string $base): string
    {
        $items = '';
        foreach (InDoubt::list(self::SHOWN) as $command) {
            $about = $command['action'] . ', client ' . $command['client_id']
                . ($command['invoice_id'] === 0 ? '' : ', invoice ' . $command['invoice_id']);
            $fields = ['command' => $command['id']];
            $items .= '<li><p><strong>' . Html::escape($about) . '</strong><br>' . Html::escape($command['reason'])
                . '<br><a href="' . Html::escape($base . '&page=commands/' . $command['id'])
                . '">What WHMCS had before, and has now</a></p>' . self::looksLike($command)
                . $button(self::DONE, 'It was done', 'default', $fields, self::proofField($command)) . ' '
                . $button(self::NOT_DONE, 'It was not done', 'default', $fields) . '</li>';
        }
        return $items === '' ? '' : Html::card('Commands in doubt', '<p class="cb-help">They were interrupted in the middle'
            . ' and are never repeated automatically. Check in WHMCS what happened, then say it here. Until then no other'
            . ' money of these clients is moved.</p><ul class="cb-notices">' . $items . '</ul>');
    }

    /**
     * Stores what the admin found. "Not done" releases the fact, so that its rule may decide again.
     * @param string $row the id in tblcredit that proves it, so that the ledger can explain the row; may be empty
     * @throws Declined when the row does not prove it
     */
    public static function settle(string $id, bool $isDone, int $adminId, string $row): string
    {
        if (preg_match('/^\d{0,10}$/D', trim($row)) !== 1) {
            throw new Declined('The row of the credit log must be a number, as in the column ID.');
        }
        $command = InDoubt::find($id);
        if ($command !== null) {
            // A wrong answer is refused before anybody else is asked.
            InDoubt::judged($command, $isDone, (int) $row);
            if (!SecondAnswer::counts($command, $isDone, $adminId)) {
                return SecondAnswer::ask($command, $isDone, $adminId);
            }
        }
        $clientId = InDoubt::clientOf($id);
        $details = ['client' => $clientId, 'done' => $isDone, 'creditLogId' => (int) $row];
        $settle = static function () use ($id, $isDone, $adminId, $row): bool {
            return InDoubt::settle($id, $isDone, 'Settled by admin ' . $adminId . '.', (int) $row);
        };
        if (!Audit::recorded(Audit::admin($adminId), 'command-settle', $details, $settle, 'command:' . $id)) {
            return 'This command is no longer in doubt.';
        }
        Log::activity('admin ' . $adminId . ' said that command ' . $id . ' was ' . ($isDone ? '' : 'not ')
            . 'done.', $clientId);

        return $isDone ? 'Noted as done.' : 'Noted as not done. Its rule may propose it again.';
    }

    /** What WHMCS shows of it now, and what to do first if that is only a part. */
    private static function looksLike(array $command): string
    {
        $signs = Signs::of($command);
        switch (Signs::extent($signs)) {
            case Signs::ALL:
                return '<p><strong>All of it is there:</strong> ' . Html::escape(Signs::tell($signs, true)) . '.</p>';
            case Signs::NONE:
                return '<p><strong>Nothing of it is there:</strong> ' . Html::escape(Signs::tell($signs, false)) . '.</p>';
            case Signs::PART:
                return Html::flash('bad', 'Only part of it happened: ' . Signs::tell($signs, true) . '; but '
                    . Signs::tell($signs, false) . '. First do the rest in WHMCS by hand and say that it was done, or undo there'
                    . ' what happened and say that it was not. As things are, neither answer is taken.');
            default:
                return '';
        }
    }

    private static function proofField(array $command): string
    {
        return in_array($command['action'], CreditRow::ACTIONS, true)
            ? '<label>Row of the credit log that shows it, if you found one <input type="text" name="creditlog"'
                . ' inputmode="numeric" pattern="[0-9]*" placeholder="id"></label>' : '';
    }
}
