<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Declined;
use WHMCS\Module\Addon\Creditbridge\Text;

/**
 * Commands whose outcome is not known. Only an admin who has checked WHMCS settles them (design §7.5).
 */
final class InDoubt
{
    /** The oldest first, as they are handled. */
    public static function list(int $most): array
    {
        return array_map([Command::class, 'of'], Database::rows(
            "SELECT * FROM mod_creditbridge_commands WHERE state = 'unknown' ORDER BY created_at, id LIMIT " . $most
        ));
    }

    /** The client of a command, or 0 if there is no such command. */
    public static function clientOf(string $id): int
    {
        return (int) Database::value('SELECT client_id FROM mod_creditbridge_commands WHERE id = ?', [$id]);
    }

    /**
     * unknown → done, with the row of the credit log that shows it; or unknown → stale, with its key released, so that its
     * fact may be answered again. What WHMCS shows otherwise is refused: "done" of half a transfer would give the other half,
     * "not done" of what was done would do it twice.
     *
     * @param int $creditLogId the row that the admin names; 0 if none
     * @return bool whether it was in doubt
     * @throws Declined with what contradicts the answer
     */
    public static function settle(string $id, bool $isDone, string $reason, int $creditLogId = 0): bool
    {
        $command = self::find($id);

        return $command !== null && self::note($command, $isDone, $reason, self::judged($command, $isDone, $creditLogId));
    }

    /**
     * The command while it is in doubt.
     *
     * @return array|null
     */
    public static function find(string $id)
    {
        $row = Database::row("SELECT * FROM mod_creditbridge_commands WHERE id = ? AND state = 'unknown'", [$id]);

        return $row === null ? null : Command::of($row);
    }

    /**
     * Holds an answer against what WHMCS shows.
     *
     * @return int|null the row that shows that it was done
     * @throws Declined with what contradicts the answer
     */
    public static function judged(array $command, bool $isDone, int $creditLogId)
    {
        $proof = $isDone ? self::proof($command, $creditLogId) : null;
        $signs = Signs::of($command, (int) $proof);
        $against = Signs::tell($signs, !$isDone);
        if ($against !== '') {
            throw new Declined('Nothing was noted, because WHMCS shows otherwise: ' . $against . '.'
                . (Signs::extent($signs) === Signs::PART ? ' Only part of it is there: first do the rest in WHMCS by hand, or'
                    . ' undo there what is done, then say it.' : ''));
        }
        return $proof;
    }

    /** @param int|null $proof */
    private static function note(array $command, bool $isDone, string $reason, $proof): bool
    {
        return Database::change(
            'UPDATE mod_creditbridge_commands SET state = ?, reason = ?, settled_at = UTC_TIMESTAMP(6), credit_log_id = ?'
            // If it was not done, the row that looked like its trace proves nothing.
            . ($isDone ? '' : ', live_fact = NULL')
            . " WHERE id = ? AND state = 'unknown' AND fence = ?",
            [
                $isDone ? Command::DONE : Command::STALE,
                // The admin's words come first, because the end may be cut off.
                Text::storable($reason . ' ' . $command['reason'], 500),
                $proof,
                $command['id'],
                $command['fence'],
            ]
        ) === 1;
    }

    /**
     * The row that shows that credit moved: the one that the admin names, or the only one that can be it. Null for other
     * actions, which have none.
     *
     * @return int|null
     * @throws Declined without a row
     */
    private static function proof(array $command, int $named)
    {
        $refusal = $named === 0 ? '' : CreditRow::refusal($command, $named);
        if ($refusal !== '') {
            throw new Declined($refusal);
        }
        $proof = $named === 0 ? CreditRow::find($command) : $named;
        if ($proof === null && in_array($command['action'], CreditRow::ACTIONS, true)) {
            throw new Declined('Nothing was noted: name the row of the credit log that shows that it was done.');
        }
        return $proof;
    }
}
