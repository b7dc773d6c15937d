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
            $clients = $clientId === 0 ? Queue::clients($seen) : array_diff([$clientId], $seen);
            foreach ($clients as $client) {
                if ($moved >= $most || microtime(true) >= $deadline) {
                    return $moved;
                }
                $moved += $this->client($client, $deadline, $most - $moved);
                $seen[] = $client;
            }
            // A client that another executor has is looked at again by the next call, not by this one.
            $seen = array_slice($seen, -1000);
        } while ($clients !== []);

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

    private function client(int $clientId, float $deadline, int $most): int
    {
        // Several workers hold the same list of clients: taking one whose work another has done would cost two commits.
        $lease = Queue::isAtWork($clientId) ? Lease::take($clientId) : null;
        if ($lease === null) {
            return 0;
        }
        $moved = 0;
        try {
            if (Queue::isFrozen($clientId)) {
                return 0;
            }
            $this->settleLate($clientId);
            while ($moved < $most && microtime(true) < $deadline && $lease->isHeld()) {
                $command = Queue::next($clientId);
                if ($command === null || !$this->carryOut($command, $lease)) {
                    break;
                }
                $moved++;
            }
        } finally {
            $lease->release();
        }
        return $moved;
    }

    /**
     * Settles what another process left running, when its lease is over and its lock is free: an expired lease alone
     * does not prove death, provisioning takes minutes.
     */
    private function settleLate(int $clientId): void
    {
        foreach (Queue::late($clientId) as $command) {
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
    }

    /** @return bool whether the command was moved on */
    private function carryOut(array $command, Lease $lease): bool
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
            return $this->start($command, $lease);
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

    private function start(array $command, Lease $lease): bool
    {
        $witnesses = Witnesses::read($command);
        $mismatch = Queue::impossible($command) ?: Expectations::mismatch($command, $witnesses);
        if ($mismatch !== '') {
            return Queue::settle($command, [Command::OPEN], new Outcome(Command::STALE, $mismatch));
        }
        if (!Queue::start($command, $witnesses, $lease)) {
            return false;
        }
        $command['fence'] = $lease->fence();
        $command['attempts']++;
        $command['witnesses'] = $witnesses;
        $this->call($command);

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
