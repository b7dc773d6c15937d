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
    /** The oldest first. */
    public static function list(int $most): array
    {
        return Database::rows(
            'SELECT id, action, client_id, invoice_id, reason FROM mod_creditbridge_commands'
            . " WHERE state = 'unknown' ORDER BY created_at, id LIMIT " . $most
        );
    }

    /** The client of a command, or 0 if there is no such command. */
    public static function clientOf(string $id): int
    {
        return (int) Database::value('SELECT client_id FROM mod_creditbridge_commands WHERE id = ?', [$id]);
    }

    /**
     * unknown → done, with the credit log row that the admin names as its proof; or unknown → stale, with its key
     * released.
     *
     * @param int $creditLogId 0 if none is named
     * @return bool whether it was in doubt
     * @throws Declined if the row does not prove it
     */
    public static function settle(string $id, bool $isDone, string $reason, int $creditLogId = 0): bool
    {
        $row = Database::row("SELECT * FROM mod_creditbridge_commands WHERE id = ? AND state = 'unknown'", [$id]);
        if ($row === null) {
            return false;
        }
        $command = Command::of($row);
        $refusal = $isDone && $creditLogId !== 0 ? CreditRow::refusal($command, $creditLogId) : '';
        if ($refusal !== '') {
            throw new Declined($refusal);
        }
        return Database::change(
            'UPDATE mod_creditbridge_commands SET state = ?, reason = ?, settled_at = UTC_TIMESTAMP(6), credit_log_id = '
            // If it was not done, the row that looked like its trace proves nothing.
            . ($isDone ? 'COALESCE(?, credit_log_id)' : '?, live_fact = NULL')
            . " WHERE id = ? AND state = 'unknown' AND fence = ?",
            [
                $isDone ? Command::DONE : Command::STALE,
                // The admin's words come first, because the end may be cut off.
                Text::storable($reason . ' ' . $command['reason'], 500),
                $isDone && $creditLogId !== 0 ? $creditLogId : null,
                $id,
                $command['fence'],
            ]
        ) === 1;
    }
}
