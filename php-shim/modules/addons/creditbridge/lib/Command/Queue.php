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

    /** Conditions about a command c as one, without those that read what only a later schema has. */
    private static function all(array $conditions): string
    {
        $schema = Schema::isCurrent() ? Schema::NUMBER : Schema::OLDEST;
        $known = array_filter($conditions, static function (array $condition) use ($schema): bool {
            return $condition[0] <= $schema;
        });
        return implode(' AND ', array_column($known, 1));
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
            'SELECT c.client_id FROM mod_creditbridge_commands c WHERE ' . self::all(Conditions::LEFT_BEHIND) . $but
            . ' LIMIT ' . self::CLIENTS,
            $except
        );
        $open = Database::rows(
            'SELECT c.client_id, c.urgency FROM mod_creditbridge_commands c WHERE ' . self::all(Conditions::RUNNABLE) . $but
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
     * The next runnable command of each client in the order of urgency, age and id. `lease_fence` is the number of the
     * client's lease, null if it has no row; `has_more` says whether more of the client's commands could run.
     *
     * @param int[] $clients
     * @return array<int, array> by client, in the order of $clients
     */
    public static function next(array $clients): array
    {
        // With index statistics from before a large run, the server would read all open commands in order.
        $rows = Prepared::rows(
            'SELECT c.*, l.fence AS lease_fence, t.waiting > 1 AS has_more FROM (SELECT c.id,'
            . ' COUNT(*) OVER (PARTITION BY c.client_id) AS waiting,'
            . ' ROW_NUMBER() OVER (PARTITION BY c.client_id ORDER BY c.urgency, c.created_at, c.id) AS place'
            . ' FROM mod_creditbridge_commands c FORCE INDEX (client_state)'
            . ' WHERE c.client_id IN (' . Database::marks($clients) . ') AND ' . self::all(Conditions::RUNNABLE) . ') t'
            . ' JOIN mod_creditbridge_commands c ON c.id = t.id'
            . ' LEFT JOIN mod_creditbridge_leases l ON l.client_id = c.client_id WHERE t.place = 1',
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

    /** The client's commands that a process left running when it ended. */
    public static function late(int $clientId): array
    {
        return array_map([Command::class, 'of'], Prepared::rows(
            'SELECT c.* FROM mod_creditbridge_commands c WHERE c.client_id = ? AND ' . self::all(Conditions::LEFT_BEHIND),
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
            . ' AND l.fence = ? AND (l.until IS NULL OR l.until < UTC_TIMESTAMP(6)) AND ' . self::all(Conditions::MAY_ACT),
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
     * another executor has started it since. While the client or everything is stopped, an open command stays open; a
     * started one still gets its final state.
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
            . ($from === [Command::OPEN] ? ' AND ' . self::all(Conditions::MAY_ACT) : ''),
            array_merge($bindings, $from, [$command['fence']])
        ) > 0;
    }

    /**
     * A try that a fault of the whole database ended does not count: however long that lasts, the command is done after it.
     *
     * @return array the command
     */
    public static function takeBackTry(array $command): array
    {
        Prepared::change(
            "UPDATE mod_creditbridge_commands SET attempts = attempts - 1 WHERE id = ? AND state = 'running' AND fence = ?",
            [$command['id'], $command['fence']]
        );
        return ['attempts' => $command['attempts'] - 1] + $command;
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

    /**
     * Leaves it open for a later look, without counting an attempt. What it waited for has happened, so only the time counts now.
     */
    public static function wait(array $command, string $reason, int $seconds): bool
    {
        return Prepared::change(
            'UPDATE mod_creditbridge_commands SET reason = ?, after_fact = NULL,'
            . ' not_before = GREATEST(COALESCE(not_before, UTC_TIMESTAMP(6)), UTC_TIMESTAMP(6) + INTERVAL ? SECOND)'
            . " WHERE id = ? AND state = 'open' AND fence = ?",
            [Text::storable($reason, 500), $seconds, $command['id'], $command['fence']]
        ) === 1;
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

    /** Whether a command can run now, or another executor is running one. */
    public static function isBusy(): bool
    {
        $running = array_merge([[1, "c.state = 'running'"]], Conditions::MAY_ACT);
        foreach ([Conditions::RUNNABLE, $running] as $conditions) {
            if (Database::value('SELECT 1 FROM mod_creditbridge_commands c WHERE ' . self::all($conditions) . ' LIMIT 1')) {
                return true;
            }
        }
        return false;
    }
}
