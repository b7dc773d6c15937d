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
 * The statements that find commands and change their state. Every change is a committed conditional UPDATE.
 */
final class Queue
{
    /** Commands read to find clients with work: enough for sixteen workers to start at different clients. */
    const CANDIDATES = 400;
    /** Clients visited before the list is read again, so that urgent commands do not wait long. */
    const CLIENTS = 100;

    /**
     * Changes the state of a command c and releases the lease that its start took. A lease taken since then has another
     * number.
     */
    const MOVE = 'UPDATE mod_creditbridge_commands c LEFT JOIN mod_creditbridge_leases l'
        . ' ON l.client_id = c.client_id AND l.fence = c.fence SET l.holder = NULL, l.until = NULL, c.lease_until = NULL,';

    /**
     * The condition for an open command c to run now: its time has come, the command it requires is settled (done;
     * otherwise c becomes stale), and its client is not frozen.
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

    /** bridge: no command runs for a client in mod_creditbridge_frozen_clients. */
    private static function notFrozen(string $table): string
    {
        return Schema::isCurrent() ? ' AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_frozen_clients z'
            . ' WHERE z.client_id = ' . $table . '.client_id)' : '';
    }

    /**
     * Clients with commands to settle or run, the most urgent first. Among clients of one urgency each executor starts
     * at a random one and goes on in order, so executors rarely meet.
     *
     * @param int[] $except
     * @return array<int, bool> client id → whether it may have a command to settle
     */
    public static function clients(array $except): array
    {
        $but = $except === [] ? '' : ' AND c.client_id NOT IN (' . Database::marks($except) . ')';
        $late = Database::rows(
            "SELECT c.client_id FROM mod_creditbridge_commands c WHERE c.state = 'running'"
            . ' AND c.lease_until < UTC_TIMESTAMP(6)' . self::notFrozen('c') . $but . ' LIMIT ' . self::CLIENTS,
            $except
        );
        $open = Database::rows(
            'SELECT c.client_id, c.urgency FROM mod_creditbridge_commands c WHERE ' . self::runnable() . $but
            . ' ORDER BY c.urgency, c.created_at, c.id LIMIT ' . self::CANDIDATES,
            $except
        );
        $clients = array_fill_keys(array_map('intval', array_column($late, 'client_id')), true);
        $alike = [];
        foreach ($open as $row) {
            $alike[$row['urgency']][$row['client_id']] = (int) $row['client_id'];
        }
        foreach ($alike as $ids) {
            $begin = random_int(0, count($ids) - 1);
            $clients += array_fill_keys(array_merge(array_slice($ids, $begin), array_slice($ids, 0, $begin)), false);
        }
        return array_slice($clients, 0, self::CLIENTS, true);
    }

    /**
     * The next runnable command of each client in the order of urgency, age and id. A money command waits while another
     * one of this client, or on this invoice (whoever owned it then), is running or in doubt. Every command waits while
     * an executor has the client. `lease_fence` is the number of the client's lease, null if it has no row; `has_more`
     * says whether more of the client's commands could run.
     *
     * @param int[] $clients
     * @return array<int, array> by client, in the order of $clients
     */
    public static function next(array $clients): array
    {
        $money = "('" . implode("','", Actions::MONEY) . "')";
        // With index statistics from before a large run, the server would read all open commands in order.
        $rows = Prepared::rows(
            'SELECT c.*, l.fence AS lease_fence, t.waiting > 1 AS has_more FROM (SELECT c.id,'
            . ' COUNT(*) OVER (PARTITION BY c.client_id) AS waiting,'
            . ' ROW_NUMBER() OVER (PARTITION BY c.client_id ORDER BY c.urgency, c.created_at, c.id) AS place'
            . ' FROM mod_creditbridge_commands c FORCE INDEX (client_state)'
            . ' WHERE c.client_id IN (' . Database::marks($clients) . ') AND ' . self::runnable()
            . ' AND (c.action NOT IN ' . $money . ' OR (NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands u'
            . " WHERE u.client_id = c.client_id AND u.state IN ('running', 'unknown') AND u.action IN " . $money . ')'
            . ' AND (c.invoice_id IS NULL OR NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands v'
            . " WHERE v.state IN ('running', 'unknown') AND v.invoice_id = c.invoice_id AND v.action IN " . $money . '))))) t'
            . ' JOIN mod_creditbridge_commands c ON c.id = t.id'
            . ' LEFT JOIN mod_creditbridge_leases l ON l.client_id = c.client_id'
            . ' WHERE t.place = 1 AND (l.until IS NULL OR l.until < UTC_TIMESTAMP(6))',
            $clients
        );
        $commands = array_map([Command::class, 'of'], array_column($rows, null, 'client_id'));

        return array_intersect_key(array_replace(array_flip($clients), $commands), $commands);
    }

    /**
     * Returns why the command that this one requires will never be done, in words; '' if it is done. Null while it is
     * not settled: it may have been proposed again since this one was chosen, and then this one must wait.
     *
     * @return string|null
     */
    public static function impossible(array $command)
    {
        $fact = (string) ($command['requires_fact'] ?? '');
        if ($fact === '') {
            return '';
        }
        $rows = Prepared::rows(
            'SELECT state, reason, live_fact FROM mod_creditbridge_commands WHERE fact = ? ORDER BY created_at DESC, id DESC',
            [$fact]
        );
        $live = array_column(array_filter($rows, static function (array $row): bool {
            return $row['live_fact'] !== null;
        }), 'state');
        if ($rows === [] || $live !== []) {
            return $live === [Command::DONE] ? '' : null;
        }
        return 'It needs ' . $fact . ', which is ' . $rows[0]['state'] . ': ' . $rows[0]['reason'];
    }

    /** The client's commands that are running although their lease is over; none if the client is frozen. */
    public static function late(int $clientId): array
    {
        return array_map([Command::class, 'of'], Prepared::rows(
            "SELECT c.* FROM mod_creditbridge_commands c WHERE c.client_id = ? AND c.state = 'running'"
            . ' AND (c.lease_until IS NULL OR c.lease_until < UTC_TIMESTAMP(6))' . self::notFrozen('c'),
            [$clientId]
        ));
    }

    /**
     * open → running, and takes the client's lease, in one statement. The lease must be free and have the same number
     * as when the command was chosen. Then no executor has worked for this client since, and everything read since the
     * choice is still valid.
     *
     * @return array|null the running command; null if it is no longer open, was put off, another executor has or had the
     *     client, or the client or everything is now frozen
     */
    public static function start(array $command, array $witnesses)
    {
        $fence = (int) $command['lease_fence'] + 1;
        $until = 'UTC_TIMESTAMP(6) + INTERVAL ' . Limits::LEASE_SECONDS . ' SECOND';
        $changed = Prepared::change(
            'UPDATE mod_creditbridge_commands c JOIN mod_creditbridge_leases l ON l.client_id = c.client_id'
            . " SET c.state = 'running', c.attempts = c.attempts + 1, c.fence = ?, c.witnesses = ?, c.lease_until = " . $until
            . ', c.started_at = UTC_TIMESTAMP(6), l.holder = c.id, l.fence = ?, l.until = ' . $until
            . " WHERE c.id = ? AND c.state = 'open' AND c.attempts = ?"
            . ' AND l.fence = ? AND (l.until IS NULL OR l.until < UTC_TIMESTAMP(6))'
            . ' AND EXISTS (SELECT 1 FROM mod_creditbridge_settings'
            . " WHERE id = 1 AND frozen = 0 AND state = 'paired'" . (Schema::isCurrent() ? " AND halted = ''" : '') . ')'
            . self::notFrozen('c'),
            [$fence, Json::encode($witnesses), $fence, $command['id'], $command['attempts'], $fence - 1]
        );
        return $changed === 0 ? null : array_merge($command, [
            'fence' => $fence,
            'attempts' => $command['attempts'] + 1,
            'witnesses' => $witnesses,
        ]);
    }

    /**
     * Stores what a running command has done so far, so that another try can continue. False if we no longer own it.
     */
    public static function noteAnswer(array $command, array $answer): bool
    {
        $rows = Prepared::change(
            "UPDATE mod_creditbridge_commands SET answer = ?, lease_until = UTC_TIMESTAMP(6) + INTERVAL "
            . Limits::LEASE_SECONDS . " SECOND WHERE id = ? AND state = 'running' AND fence = ?",
            [Json::encode($answer), $command['id'], $command['fence']]
        );
        return $rows === 1;
    }

    /**
     * Returns what noteAnswer() stored. Reads it each time, because an earlier copy of the command does not have it.
     */
    public static function noted(array $command): array
    {
        $row = Prepared::row('SELECT answer FROM mod_creditbridge_commands WHERE id = ?', [$command['id']]);

        return Json::decode($row['answer'] ?? '');
    }

    /**
     * Moves a command to its final state (or to unknown). Returns false if it is no longer in one of these states, or
     * another executor has started it since. An open command of a frozen client stays open; a started one still gets
     * its final state.
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
            self::MOVE . ' c.state = ?, c.reason = ?, c.answer = COALESCE(?, c.answer), c.credit_log_id = ?,'
            . ' c.settled_at = ' . ($outcome->state === Command::UNKNOWN ? 'NULL' : Database::NOW)
            . ($givesKeyBack ? ', c.live_fact = NULL' : '')
            . ' WHERE c.id = ? AND c.state IN (' . Database::marks($from) . ') AND c.fence = ?'
            . ($from === [Command::OPEN] ? self::notFrozen('c') : ''),
            array_merge($bindings, $from, [$command['fence']])
        ) > 0;
    }

    /** running → open, for another try after a growing pause. */
    public static function reopen(array $command, Outcome $outcome): bool
    {
        return Prepared::change(
            self::MOVE . " c.state = 'open', c.reason = ?, c.answer = COALESCE(?, c.answer),"
            . ' c.not_before = GREATEST(COALESCE(c.not_before, UTC_TIMESTAMP(6)), UTC_TIMESTAMP(6) + INTERVAL ? SECOND)'
            . " WHERE c.id = ? AND c.state = 'running' AND c.fence = ?",
            [
                Text::storable($outcome->reason, 500),
                $outcome->answer === null ? null : Json::encode($outcome->answer),
                2 ** min($command['attempts'], 6),
                $command['id'],
                $command['fence'],
            ]
        ) > 0;
    }

    /**
     * Leaves it open for another try after a growing pause and counts one attempt. Does nothing to a started command.
     */
    public static function putOff(array $command, string $reason): void
    {
        Prepared::change(
            'UPDATE mod_creditbridge_commands SET attempts = attempts + 1, reason = ?,'
            . ' not_before = GREATEST(COALESCE(not_before, UTC_TIMESTAMP(6)), UTC_TIMESTAMP(6) + INTERVAL ? SECOND)'
            . " WHERE id = ? AND state = 'open' AND fence = ?",
            [Text::storable($reason, 500), 2 ** min($command['attempts'] + 1, 6), $command['id'], $command['fence']]
        );
    }

    /** Makes every unsettled command stale and releases its key. */
    public static function leaveBehind(string $reason): void
    {
        Database::change(
            'UPDATE mod_creditbridge_commands SET state = ?, reason = ?, live_fact = NULL, lease_until = NULL,'
            . " settled_at = UTC_TIMESTAMP(6) WHERE state IN ('open', 'running', 'unknown')",
            [Command::STALE, $reason]
        );
    }

    /** How many commands may run now, counted up to CANDIDATES. */
    public static function waiting(): int
    {
        return (int) Database::value(
            'SELECT COUNT(*) FROM (SELECT 1 FROM mod_creditbridge_commands c WHERE ' . self::runnable()
            . ' LIMIT ' . self::CANDIDATES . ') counted'
        );
    }
}
