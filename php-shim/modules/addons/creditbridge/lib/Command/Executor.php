<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use Throwable;
use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\DatabaseFault;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\SelfTest\SharedConnection;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Signals;

/**
 * Carries out commands inside WHMCS, one client at a time. The only writer of a command's state.
 */
final class Executor
{
    /** Clients whose next command one statement reads: few, so that several workers rarely choose the same. */
    const AT_ONCE = 5;
    /** After this time a choice is made again: another command may now be more urgent, or block this one. */
    const CHOSEN_SECONDS = 1.0;
    /** A call ends after so many clients for whom it can do nothing; the next call checks them again. */
    const SEEN = 1000;
    /** An addition above a ceiling is looked at again after this time. */
    const ABOVE_SECONDS = 300;

    /** @var Settings */
    private $settings;

    public function __construct(Settings $settings)
    {
        $this->settings = $settings;
    }

    /**
     * Runs runnable commands, the most urgent first.
     *
     * @param float $deadline by Clock::seconds(); no command starts later
     * @param int $clientId only this client's, or 0 for all
     * @return int how many commands changed their state
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
                if (Clock::seconds() < $deadline) {
                    $this->settleLate($late);
                }
            }
            foreach (array_chunk(array_keys($clients), self::AT_ONCE) as $some) {
                $commands = $this->chosen($some);
                $chosenAt = Clock::seconds();
                // Clients of another executor, or whose commands must wait, are left for the next call.
                $seen = array_merge($seen, array_diff($some, array_keys($commands)));
                foreach ($commands as $client => $command) {
                    if ($moved >= $most || Clock::seconds() >= $deadline) {
                        return $moved;
                    }
                    if (Clock::seconds() - $chosenAt > self::CHOSEN_SECONDS) {
                        break 2;
                    }
                    $done = $this->client($command, $deadline, $most - $moved);
                    $moved += $done;
                    if ($done === 0) {
                        $seen[] = $client;
                    }
                }
                if (count($commands) < count($some) / 2) {
                    // Other workers are active here, so the list is old.
                    break;
                }
            }
        } while ($clients !== [] && count($seen) < self::SEEN);

        return $moved;
    }

    /** Returns why nothing may run now, in words; '' if commands may run. */
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
            return 'An admin has frozen everything.';
        }
        try {
            Fingerprint::guard($this->settings);
        } catch (ServiceDown $moved) {
            return $moved->getMessage();
        }
        if ($this->settings->isHalted()) {
            return 'The database went back to an earlier state; the Connection page asks what to do.';
        }
        if (!$this->settings->isPaired()) {
            return 'The service is not paired with this installation.';
        }
        return ActingAdmin::problem($this->settings->text('acting_admin'));
    }

    /** The next command of each of these clients, by client. Creates missing lease rows for their start. */
    private function chosen(array $clients): array
    {
        $commands = Queue::next($clients);
        Lease::prepare(array_keys(array_column($commands, 'lease_fence', 'client_id'), null, true));

        return $commands;
    }

    /** Each command takes the client's lease at its start and releases it when it is settled. */
    private function client(array $command, float $deadline, int $most): int
    {
        $moved = 0;
        while ($command !== null && $this->carryOut($command)) {
            $moved++;
            $goesOn = $command['has_more'] && $moved < $most && Clock::seconds() < $deadline;
            $command = $goesOn ? $this->chosen([$command['client_id']])[$command['client_id']] ?? null : null;
        }
        return $moved;
    }

    /**
     * Settles commands that another process left running, if the lease is over and the lock is free. An expired lease
     * alone does not prove that the process died, because provisioning takes minutes.
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
                    Settler::settle($command, 'The process that ran it ended before it stored the result.');
                } catch (Throwable $fault) {
                    // It stays as it is; other commands and clients must not wait for it.
                    Log::fault('settle command ' . $command['id'], $fault);
                } finally {
                    Lock::release($command['id']);
                }
            }
        }
        $lease->release();
    }

    /** @return bool whether the command changed its state */
    private function carryOut(array $command): bool
    {
        $refusal = $command['attempts'] >= Limits::COMMAND_ATTEMPTS
            ? 'Tried ' . $command['attempts'] . ' times. ' . $command['reason'] : $this->refusal($command);
        if ($refusal !== '') {
            return Queue::settle($command, [Command::OPEN], new Outcome(Command::REFUSED, $refusal));
        }
        return Signals::after(function () use ($command): bool {
            return $this->carryOutLocked($command);
        });
    }

    private function carryOutLocked(array $command): bool
    {
        // The command before may have run a hook of another module that began one, or switched autocommit off.
        if (Database::inTransaction() || !Lock::take($command['id'])) {
            return false;
        }
        try {
            return $this->start($command);
        } catch (Throwable $fault) {
            Log::fault('start command ' . $command['id'], $fault);
            if (!DatabaseFault::isBehind($fault)) {
                // A command that cannot be checked counts as tried and waits; no other client waits for it.
                Queue::putOff($command, 'It could not be started: ' . DatabaseFault::words($fault));
            }
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
        $addition = Addition::of($command);
        $started = null;
        $above = $addition->countWith(static function () use ($command, $witnesses, &$started): bool {
            $started = Queue::start($command, $witnesses);
            return $started !== null;
        });
        if ($above !== '') {
            return self::wait($command, $above);
        }
        if ($started !== null && !$this->call($started)) {
            $addition->takeOff();
        }
        return $started !== null;
    }

    /** Other commands of the client go on. It is told once, and looked at again and again. */
    private static function wait(array $command, string $above): bool
    {
        if (strpos($command['reason'], Ceilings::REASON) !== 0) {
            Log::activity('command ' . $command['id'] . ' would add ' . $command['parameters']['amount'] . ' and waits. '
                . $above, $command['client_id']);
        }
        return Queue::wait($command, $above, self::ABOVE_SECONDS);
    }

    /** @return bool whether it took effect, as far as is known */
    private function call(array $command): bool
    {
        $call = new Call($command, $this->settings->text('acting_admin'));
        try {
            if ($command['action'] === 'AddCredit' && SharedConnection::isProven($this->settings) === true) {
                $state = $call->insideTransaction();
            } else {
                $state = $call->plainly();
            }
        } catch (Throwable $fault) {
            if (DatabaseFault::isBehind($fault)) {
                $command = Queue::takeBackTry($command);
            }
            $state = Settler::settle($command, get_class($fault) . ': ' . DatabaseFault::words($fault));
        }
        return in_array($state, [Command::DONE, Command::UNKNOWN], true);
    }
}
