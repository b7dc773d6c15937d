<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Prepared;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Text;

/**
 * The statements that find commands and move them on. Every move is a committed conditional UPDATE.
 */
final class Queue
{
    /** Candidates read at a time: enough that several workers find different clients. */
    const CANDIDATES = 100;

    /**
     * The condition on an open command c that may be run now: its time has come, what it requires is settled (done, or it
     * never will be, and then it becomes stale), its client is not frozen.
     */
    private static function runnable(): string
    {
        $isDue = "c.state = 'open' AND (c.not_before IS NULL OR c.not_before <= UTC_TIMESTAMP(6)"
            . ' OR (c.after_fact IS NOT NULL AND EXISTS (SELECT 1 FROM mod_creditbridge_commands f'
            . " WHERE f.fact = c.after_fact AND f.state IN ('done', 'refused', 'stale'))))";
        if (!Schema::isCurrent()) {
            return $isDue;
        }
        return $isDue . ' AND (c.requires_fact IS NULL'
            . ' OR EXISTS (SELECT 1 FROM mod_creditbridge_commands d'
            . " WHERE d.fact = c.requires_fact AND d.state IN ('done', 'refused', 'stale'))"
            . ' AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands w'
            . " WHERE w.live_fact = c.requires_fact AND w.state <> 'done'))" . self::notFrozen('c');
    }

    /** bridge: nothing is run for a client in mod_creditbridge_frozen_clients. */
    private static function notFrozen(string $table): string
    {
        return Schema::isCurrent() ? ' AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_frozen_clients z'
            . ' WHERE z.client_id = ' . $table . '.client_id)' : '';
    }

    /**
     * Clients with something to settle or to run, most urgent first. Clients of one urgency come in random order, so
     * that workers do not queue for the same ones.
     *
     * @param int[] $except
     * @return int[]
     */
    public static function clients(array $except): array
    {
        $but = $except === [] ? '' : ' AND c.client_id NOT IN (' . Database::marks($except) . ')';
        $late = Database::rows(
            "SELECT c.client_id FROM mod_creditbridge_commands c WHERE c.state = 'running'"
            . ' AND c.lease_until < UTC_TIMESTAMP(6)' . self::notFrozen('c') . $but . ' LIMIT ' . self::CANDIDATES,
            $except
        );
        $open = Database::rows(
            'SELECT c.client_id, c.urgency FROM mod_creditbridge_commands c WHERE ' . self::runnable() . $but
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
     * command that moves money of this client is running or in doubt, or one on this invoice is in doubt, whoever owned the
     * invoice then.
     */
    public static function next(int $clientId)
    {
        $money = "('" . implode("','", Actions::MONEY) . "')";
        // With the statistics of before a large run, the server would walk through all open commands in their order.
        $row = Prepared::row(
            'SELECT c.* FROM mod_creditbridge_commands c FORCE INDEX (client_state) WHERE c.client_id = ? AND ' . self::runnable()
            . ' AND (c.action NOT IN ' . $money . ' OR (NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands u'
            . " WHERE u.client_id = c.client_id AND u.state IN ('running', 'unknown') AND u.action IN " . $money . ')'
            . ' AND (c.invoice_id IS NULL OR NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands v'
            . " WHERE v.state = 'unknown' AND v.invoice_id = c.invoice_id AND v.action IN " . $money . '))))'
            . ' ORDER BY c.urgency, c.created_at, c.id LIMIT 1',
            [$clientId]
        );
        return $row === null ? null : Command::of($row);
    }

    /** Whether the client has a command that is not settled yet. */
    public static function isAtWork(int $clientId): bool
    {
        return Prepared::row(
            "SELECT 1 FROM mod_creditbridge_commands FORCE INDEX (client_state) WHERE client_id = ?"
            . " AND state IN ('open', 'running') LIMIT 1",
            [$clientId]
        ) !== null;
    }

    /** Whether someone has frozen the client. */
    public static function isFrozen(int $clientId): bool
    {
        return Schema::isCurrent() && Prepared::row(
            'SELECT 1 FROM mod_creditbridge_frozen_clients WHERE client_id = ?',
            [$clientId]
        ) !== null;
    }

    /** Why what the command requires will not come any more, in words; '' when it is done, or has been asked for anew. */
    public static function impossible(array $command): string
    {
        $fact = (string) ($command['requires_fact'] ?? '');
        $rows = $fact === '' ? [] : Prepared::rows(
            'SELECT state, reason, live_fact FROM mod_creditbridge_commands WHERE fact = ? ORDER BY created_at DESC, id DESC',
            [$fact]
        );
        if ($rows === [] || array_filter(array_column($rows, 'live_fact')) !== []) {
            return '';
        }
        return 'It needs ' . $fact . ', which is ' . $rows[0]['state'] . ': ' . $rows[0]['reason'];
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

    /**
     * open → running; false when it is open no more, the lease of its client is over, or someone froze the client or
     * everything meanwhile.
     */
    public static function start(array $command, array $witnesses, Lease $lease): bool
    {
        return Prepared::change(
            "UPDATE mod_creditbridge_commands SET state = 'running', attempts = attempts + 1, fence = ?, witnesses = ?,"
            . ' lease_until = UTC_TIMESTAMP(6) + INTERVAL ' . Limits::LEASE_SECONDS . ' SECOND,'
            . ' started_at = UTC_TIMESTAMP(6)'
            . " WHERE id = ? AND state = 'open' AND EXISTS (SELECT 1 FROM mod_creditbridge_settings"
            . " WHERE id = 1 AND frozen = 0 AND state = 'paired'" . (Schema::isCurrent() ? " AND halted = ''" : '') . ')'
            . ' AND EXISTS (SELECT 1 FROM mod_creditbridge_leases WHERE client_id = mod_creditbridge_commands.client_id'
            . ' AND holder = ? AND fence = ? AND until > UTC_TIMESTAMP(6))' . self::notFrozen('mod_creditbridge_commands'),
            [$lease->fence(), Json::encode($witnesses), $command['id'], $lease->holder(), $lease->fence()]
        ) === 1;
    }

    /** Stores what is known of a running command's effect, for whoever has to go on with it; false when it is ours no more. */
    public static function noteAnswer(array $command, array $answer): bool
    {
        $rows = Prepared::change(
            "UPDATE mod_creditbridge_commands SET answer = ?, lease_until = UTC_TIMESTAMP(6) + INTERVAL "
            . Limits::LEASE_SECONDS . " SECOND WHERE id = ? AND state = 'running' AND fence = ?",
            [Json::encode($answer), $command['id'], $command['fence']]
        );
        return $rows === 1;
    }

    /** What was noted so. Read anew each time: an earlier copy of the command does not have it. */
    public static function noted(array $command): array
    {
        $row = Prepared::row('SELECT answer FROM mod_creditbridge_commands WHERE id = ?', [$command['id']]);

        return Json::decode($row['answer'] ?? '');
    }

    /**
     * Moves a command to where it ends (or to unknown); false when it is no longer in one of these states, or another
     * executor has begun it since.
     *
     * @param string[] $from
     */
    public static function settle(array $command, array $from, Outcome $outcome): bool
    {
        $givesKeyBack = in_array($outcome->state, [Command::STALE, Command::REFUSED], true);
        $bindings = [
            $outcome->state,
            Text::storable($outcome->reason, 500),
            $outcome->answer === null ? null : Json::encode($outcome->answer),
            $outcome->creditLogId,
            $command['id'],
        ];
        return Prepared::change(
            'UPDATE mod_creditbridge_commands SET state = ?, reason = ?, answer = COALESCE(?, answer), credit_log_id = ?,'
            . ' lease_until = NULL, settled_at = ' . ($outcome->state === Command::UNKNOWN ? 'NULL' : Database::NOW)
            . ($givesKeyBack ? ', live_fact = NULL' : '')
            . ' WHERE id = ? AND state IN (' . Database::marks($from) . ') AND fence = ?',
            array_merge($bindings, $from, [$command['fence']])
        ) === 1;
    }

    /** running → open, to be tried again after a growing pause. */
    public static function reopen(array $command, Outcome $outcome): bool
    {
        return Prepared::change(
            "UPDATE mod_creditbridge_commands SET state = 'open', lease_until = NULL, reason = ?,"
            . ' answer = COALESCE(?, answer),'
            . ' not_before = GREATEST(COALESCE(not_before, UTC_TIMESTAMP(6)), UTC_TIMESTAMP(6) + INTERVAL ? SECOND)'
            . " WHERE id = ? AND state = 'running' AND fence = ?",
            [
                Text::storable($outcome->reason, 500),
                $outcome->answer === null ? null : Json::encode($outcome->answer),
                2 ** min($command['attempts'], 6),
                $command['id'],
                $command['fence'],
            ]
        ) === 1;
    }

    /** Stays open and counts as tried once more, after a growing pause; does nothing to a command that was started. */
    public static function putOff(array $command, string $reason): void
    {
        Prepared::change(
            'UPDATE mod_creditbridge_commands SET attempts = attempts + 1, reason = ?,'
            . ' not_before = GREATEST(COALESCE(not_before, UTC_TIMESTAMP(6)), UTC_TIMESTAMP(6) + INTERVAL ? SECOND)'
            . " WHERE id = ? AND state = 'open' AND fence = ?",
            [Text::storable($reason, 500), 2 ** min($command['attempts'] + 1, 6), $command['id'], $command['fence']]
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

    /** How many may be run now, counted up to as many as are read at a time. */
    public static function waiting(): int
    {
        return (int) Database::value(
            'SELECT COUNT(*) FROM (SELECT 1 FROM mod_creditbridge_commands c WHERE ' . self::runnable()
            . ' LIMIT ' . self::CANDIDATES . ') counted'
        );
    }
}
