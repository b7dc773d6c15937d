<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * Takes commands and carries them out inside WHMCS, one client at a time. The only writer of a command's state.
 */
final class Executor
{
    /** Clients whose next command is read by one statement: few, so that several workers seldom choose the same. */
    const AT_ONCE = 5;
    /** A command that was chosen longer ago is chosen anew: another may be more urgent, or in its way, by now. */
    const CHOSEN_SECONDS = 1.0;
    /** With so many clients it can do nothing for a call ends; they are asked for again by the next. */
    const SEEN = 1000;

    /** @var Settings */
    private $settings;

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
    }

    /**
     * Runs what is runnable, most urgent first.
     *
     * @param float $deadline microtime; no command is begun later
     * @param int $clientId only this client's, or 0 for all
     * @return int how many commands were moved on
     */
    public function run(float $deadline, int $clientId = 0, int $most = PHP_INT_MAX): int
    {
        if ($this->obstacle() !== '') {
            return 0;
        }
        $moved = 0;
        $seen = [];
        do {
            $clients = $clientId === 0 ? Queue::clients($seen) : array_diff_key([$clientId => true], array_flip($seen));
            foreach (array_keys($clients, true, true) as $late) {
                if (microtime(true) < $deadline) {
                    $this->settleLate($late);
                }
            }
            foreach (array_chunk(array_keys($clients), self::AT_ONCE) as $some) {
                $commands = $this->chosen($some);
                $chosenAt = microtime(true);
                // What another executor has, or what has to wait, is looked at again by the next call, not by this one.
                $seen = array_merge($seen, array_diff($some, array_keys($commands)));
                foreach ($commands as $client => $command) {
                    if ($moved >= $most || microtime(true) >= $deadline) {
                        return $moved;
                    }
                    if (microtime(true) - $chosenAt > self::CHOSEN_SECONDS) {
                        break 2;
                    }
                    $done = $this->client($command, $deadline, $most - $moved);
                    $moved += $done;
                    if ($done === 0) {
                        $seen[] = $client;
                    }
                }
                if (count($commands) < count($some) / 2) {
                    // Others are at work here: the list is old.
                    break;
                }
            }
        } while ($clients !== [] && count($seen) < self::SEEN);

        return $moved;
    }

    /** Why nothing may run now, in words; '' when it may. */
    public function obstacle(): string
    {
        if (Running::commandId() !== '') {
            return 'Another command is running in this process.';
        }
        if (Database::inTransaction()) {
            return 'WHMCS has a transaction open.';
        }
        $this->settings->reload();
        if ($this->settings->isFrozen()) {
            return 'Everything is frozen by an admin.';
        }
        try {
            Fingerprint::guard($this->settings);
        } catch (ServiceDown $moved) {
            return $moved->getMessage();
        }
        if ($this->settings->isHalted()) {
            return 'The database was put back to an earlier state; the connection page asks what to do.';
        }
        if (!$this->settings->isPaired()) {
            return 'The service has not been paired with this installation.';
        }
        return ActingAdmin::problem($this->settings->text('acting_admin'));
    }

    /** The next command of each of these clients, by client; each start finds a lease to take. */
    private function chosen(array $clients): array
    {
        $commands = Queue::next($clients);
        Lease::prepare(array_keys(array_column($commands, 'lease_fence', 'client_id'), null, true));

        return $commands;
    }

    /** Each command takes the client anew with its start, and gives it back when it is settled. */
    private function client(array $command, float $deadline, int $most): int
    {
        $moved = 0;
        while ($command !== null && $this->carryOut($command)) {
            $moved++;
            $goesOn = $command['has_more'] && $moved < $most && microtime(true) < $deadline;
            $command = $goesOn ? $this->chosen([$command['client_id']])[$command['client_id']] ?? null : null;
        }
        return $moved;
    }

    /**
     * Settles what another process left running, when its lease is over and its lock is free: an expired lease alone
     * does not prove death, provisioning takes minutes.
     */
    private function settleLate(int $clientId): void
    {
        $commands = Queue::late($clientId);
        $lease = $commands === [] ? null : Lease::take($clientId);
        if ($lease === null) {
            return;
        }
        foreach ($commands as $command) {
            if (Lock::take($command['id'])) {
                try {
                    Settler::settle($command, 'The process that ran it ended before it could tell.');
                } catch (Throwable $fault) {
                    // It is left as it is; the other commands and clients must not wait for it.
                    Log::fault('settle command ' . $command['id'], $fault);
                } finally {
                    Lock::release($command['id']);
                }
            }
        }
        $lease->release();
    }

    /** @return bool whether the command was moved on */
    private function carryOut(array $command): bool
    {
        $refusal = $command['attempts'] >= Limits::COMMAND_ATTEMPTS
            ? 'Tried ' . $command['attempts'] . ' times. ' . $command['reason'] : $this->refusal($command);
        if ($refusal !== '') {
            return Queue::settle($command, [Command::OPEN], new Outcome(Command::REFUSED, $refusal));
        }
        if (!Lock::take($command['id'])) {
            return false;
        }
        try {
            return $this->start($command);
        } catch (Throwable $fault) {
            // What cannot be examined counts as tried and waits; no other client waits for it.
            Log::fault('start command ' . $command['id'], $fault);
            Queue::putOff($command, 'It could not be started: ' . $fault->getMessage());
            return false;
        } finally {
            Lock::release($command['id']);
        }
    }

    private function refusal(array $command): string
    {
        $refusal = Actions::refusal($command);

        return $refusal === '' && ($command['parameters']['addfunds'] ?? false) === true
            ? AddFundsLine::refusal($this->settings) : $refusal;
    }

    private function start(array $command): bool
    {
        $impossible = Queue::impossible($command);
        if ($impossible === null) {
            return false;
        }
        $witnesses = Witnesses::read($command);
        $mismatch = $impossible ?: Expectations::mismatch($command, $witnesses);
        if ($mismatch !== '') {
            return Queue::settle($command, [Command::OPEN], new Outcome(Command::STALE, $mismatch));
        }
        $started = Queue::start($command, $witnesses);
        if ($started === null) {
            return false;
        }
        $this->call($started);

        return true;
    }

    private function call(array $command): void
    {
        $call = new Call($command, $this->settings->text('acting_admin'));
        try {
            if ($command['action'] === 'AddCredit' && ($this->settings->json('whmcs')['sharedConnection'] ?? null) === true) {
                $call->insideTransaction();
            } else {
                $call->plainly();
            }
        } catch (Throwable $fault) {
            Settler::settle($command, get_class($fault) . ': ' . $fault->getMessage());
        }
    }
}
