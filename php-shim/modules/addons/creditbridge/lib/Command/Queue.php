<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Prepared;
use WHMCS\Module\Addon\Creditbridge\Text;

/**
 * The statements that find commands and move them on. Every move is a committed conditional UPDATE.
 */
final class Queue
{
    /** Candidates read at a time: enough that several workers find different clients. */
    const CANDIDATES = 100;

    const RUNNABLE = "c.state = 'open' AND (c.not_before IS NULL OR c.not_before <= UTC_TIMESTAMP(6)"
        . " OR (c.after_fact IS NOT NULL AND EXISTS (SELECT 1 FROM mod_creditbridge_commands f"
        . " WHERE f.fact = c.after_fact AND f.state IN ('done', 'refused', 'stale'))))";

    /**
     * Clients with something to settle or to run, most urgent first. Clients of one urgency come in random order, so
     * that workers do not queue for the same ones.
     *
     * @param int[] $except
     * @return int[]
     */
    public static function clients(array $except): array
    {
        $but = $except === [] ? '' : ' AND client_id NOT IN (' . Database::marks($except) . ')';
        $late = Database::rows(
            "SELECT client_id FROM mod_creditbridge_commands WHERE state = 'running'"
            . ' AND lease_until < UTC_TIMESTAMP(6)' . $but . ' LIMIT ' . self::CANDIDATES,
            $except
        );
        $open = Database::rows(
            'SELECT c.client_id, c.urgency FROM mod_creditbridge_commands c WHERE ' . self::RUNNABLE
            . str_replace('client_id', 'c.client_id', $but)
            . ' ORDER BY c.urgency, c.created_at, c.id LIMIT ' . self::CANDIDATES,
            $except
        );
        shuffle($open);
        usort($open, static function (array $one, array $other): int {
            return (int) $one['urgency'] <=> (int) $other['urgency'];
        });
        $ids = array_merge(array_column($late, 'client_id'), array_column($open, 'client_id'));

        return array_values(array_unique(array_map('intval', $ids)));
    }

    /**
     * The client's next runnable command in the order of urgency, age and id; null when there is none. Money waits while a
     * command that moves money of this client is running or in doubt.
     */
    public static function next(int $clientId)
    {
        $money = "('" . implode("','", Actions::MONEY) . "')";
        $row = Prepared::row(
            'SELECT c.* FROM mod_creditbridge_commands c WHERE c.client_id = ? AND ' . self::RUNNABLE
            . ' AND (c.action NOT IN ' . $money . ' OR NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands u'
            . " WHERE u.client_id = c.client_id AND u.state IN ('running', 'unknown') AND u.action IN " . $money . '))'
            . ' ORDER BY c.urgency, c.created_at, c.id LIMIT 1',
            [$clientId]
        );
        return $row === null ? null : Command::of($row);
    }

    /** The client's commands that are running although their lease is over. */
    public static function late(int $clientId): array
    {
        return array_map([Command::class, 'of'], Prepared::rows(
            "SELECT * FROM mod_creditbridge_commands WHERE client_id = ? AND state = 'running'"
            . ' AND (lease_until IS NULL OR lease_until < UTC_TIMESTAMP(6))',
            [$clientId]
        ));
    }

    /** open → running; false when it is open no more, or someone froze everything. */
    public static function start(array $command, array $witnesses, int $fence): bool
    {
        return Prepared::change(
            "UPDATE mod_creditbridge_commands SET state = 'running', attempts = attempts + 1, fence = ?, witnesses = ?,"
            . ' lease_until = UTC_TIMESTAMP(6) + INTERVAL ' . Limits::LEASE_SECONDS . ' SECOND,'
            . ' started_at = UTC_TIMESTAMP(6)'
            . " WHERE id = ? AND state = 'open' AND EXISTS (SELECT 1 FROM mod_creditbridge_settings"
            . " WHERE id = 1 AND frozen = 0 AND state = 'paired')",
            [$fence, Json::encode($witnesses), $command['id']]
        ) === 1;
    }

    /** Moves a command to where it ends (or to unknown); false when it is no longer in the state and fence given. */
    public static function settle(array $command, string $from, Outcome $outcome): bool
    {
        $givesKeyBack = in_array($outcome->state, [Command::STALE, Command::REFUSED], true);

        return Prepared::change(
            'UPDATE mod_creditbridge_commands SET state = ?, reason = ?, answer = COALESCE(?, answer), credit_log_id = ?,'
            . ' lease_until = NULL, settled_at = ' . ($outcome->state === Command::UNKNOWN ? 'NULL' : Database::NOW)
            . ($givesKeyBack ? ', live_fact = NULL' : '')
            . ' WHERE id = ? AND state = ? AND fence = ?',
            [
                $outcome->state,
                Text::storable($outcome->reason, 500),
                $outcome->answer === null ? null : Json::encode($outcome->answer),
                $outcome->creditLogId,
                $command['id'],
                $from,
                $command['fence'],
            ]
        ) === 1;
    }

    /** running → open, to be tried again after a growing pause. */
    public static function reopen(array $command, string $reason): bool
    {
        return Prepared::change(
            "UPDATE mod_creditbridge_commands SET state = 'open', lease_until = NULL, reason = ?,"
            . ' not_before = GREATEST(COALESCE(not_before, UTC_TIMESTAMP(6)), UTC_TIMESTAMP(6) + INTERVAL ? SECOND)'
            . " WHERE id = ? AND state = 'running' AND fence = ?",
            [Text::storable($reason, 500), 2 ** min($command['attempts'], 6), $command['id'], $command['fence']]
        ) === 1;
    }

    /** Stays open and counts as tried once more, after a growing pause; does nothing to a command that was started. */
    public static function putOff(array $command, string $reason): void
    {
        Prepared::change(
            'UPDATE mod_creditbridge_commands SET attempts = attempts + 1, reason = ?,'
            . ' not_before = GREATEST(COALESCE(not_before, UTC_TIMESTAMP(6)), UTC_TIMESTAMP(6) + INTERVAL ? SECOND)'
            . " WHERE id = ? AND state = 'open'",
            [Text::storable($reason, 500), 2 ** min($command['attempts'] + 1, 6), $command['id']]
        );
    }

    /** Everything that is not settled becomes stale, its key given back. */
    public static function leaveBehind(string $reason): void
    {
        Database::change(
            'UPDATE mod_creditbridge_commands SET state = ?, reason = ?, live_fact = NULL, lease_until = NULL,'
            . " settled_at = UTC_TIMESTAMP(6) WHERE state IN ('open', 'running', 'unknown')",
            [Command::STALE, $reason]
        );
    }

    /** Commands whose outcome is not known, the oldest first. */
    public static function inDoubt(int $most): array
    {
        return Database::rows(
            'SELECT id, action, client_id, invoice_id, reason FROM mod_creditbridge_commands'
            . " WHERE state = 'unknown' ORDER BY created_at, id LIMIT " . $most
        );
    }

    /**
     * unknown → done, or stale with its key given back; the client's id, or null when the command is not in doubt.
     *
     * @return int|null
     */
    public static function settleByHand(string $id, bool $isDone, string $reason)
    {
        $row = Database::row("SELECT client_id, reason FROM mod_creditbridge_commands WHERE id = ? AND state = 'unknown'", [$id]);
        if ($row === null) {
            return null;
        }
        $changed = Database::change(
            'UPDATE mod_creditbridge_commands SET state = ?, reason = ?, settled_at = UTC_TIMESTAMP(6)'
            . ($isDone ? '' : ', live_fact = NULL') . " WHERE id = ? AND state = 'unknown'",
            [
                $isDone ? Command::DONE : Command::STALE,
                // What the admin said stands first: the rest may be cut off.
                Text::storable($reason . ' ' . $row['reason'], 500),
                $id,
            ]
        );
        return $changed === 1 ? (int) $row['client_id'] : null;
    }

    /** Told to those who ask how much there is to do. */
    public static function waiting(): int
    {
        return (int) Database::value('SELECT COUNT(*) FROM mod_creditbridge_commands c WHERE ' . self::RUNNABLE);
    }
}
