<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use Closure;
use Illuminate\Database\Connection;
use RuntimeException;
use Throwable;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Command\Action\Action;
use WHMCS\Module\Addon\Creditbridge\Command\Action\AddCredit;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Prepared;

/**
 * One call of localAPI for a running command, and the record of its result.
 */
final class Call
{
    /** If WHMCS ends our transaction, this savepoint is gone, whatever the driver reports. */
    const SAVEPOINT = 'creditbridge';

    /** @var array */
    private $command;
    /** @var string */
    private $admin;

    public function __construct(array $command, string $admin)
    {
        $this->command = $command;
        $this->admin = $admin;
    }

    /**
     * Runs AddCredit and settles its own row in one transaction on WHMCS's connection: both or neither (design §7.3).
     *
     * @return string the state it came to
     * @throws Throwable if the outcome is not known
     */
    public function insideTransaction(): string
    {
        $connection = Capsule::connection();
        $connection->beginTransaction();
        try {
            $outcome = $this->addUnderLock();
            if ($outcome->state === Command::DONE) {
                if (!Queue::settle($this->command, [Command::RUNNING], $outcome)) {
                    throw new RuntimeException('Another executor settled the command; the call was rolled back.');
                }
                $connection->commit();
                return $outcome->state;
            }
            $connection->rollBack();
        } catch (Throwable $fault) {
            $this->abandon();
            throw $fault;
        }
        Queue::settle($this->command, [Command::RUNNING], $outcome);

        return $outcome->state;
    }

    /**
     * All other actions: calls, then stores the answer, the row that proves it, and the verdict on the end state
     * (design §7.4).
     *
     * @return string the state it came to
     */
    public function plainly(): string
    {
        $mismatch = $this->command['action'] === 'AddCredit' ? $this->mismatchNow() : '';
        if ($mismatch !== '') {
            Queue::settle($this->command, [Command::RUNNING], new Outcome(Command::STALE, $mismatch));
            return Command::STALE;
        }
        $answer = $this->ask();
        $action = Action::of($this->command['action']);
        $outcome = LocalApi::succeeded($answer) ? $action->afterSuccess($this->command, $answer)
            : $action->afterRefusal($this->command, $answer);
        if ($outcome->state === Command::OPEN) {
            $outcome = new Outcome(Command::UNKNOWN, 'WHMCS reports success, but: ' . $outcome->reason, $answer);
        }
        // Another process may have settled it by its traces. The caller knows better, unless the command was started
        // again.
        $from = $outcome->state === Command::DONE ? [Command::RUNNING, Command::OPEN, Command::UNKNOWN] : [Command::RUNNING];
        if (Queue::settle($this->command, $from, $outcome)) {
            Settler::tell($this->command, $outcome);
        }
        return $outcome->state;
    }

    /**
     * If WHMCS writes on another connection, we cannot hold the lock during the call: the call would wait for us. This
     * still waits for writes in progress, so only a movement right after it can come between.
     */
    private function mismatchNow(): string
    {
        return Capsule::connection()->transaction(function (): string {
            return $this->mismatchUnderLock();
        });
    }

    private function mismatchUnderLock(): string
    {
        // The lock comes first, so that this transaction's snapshot is not older than the lock.
        $row = Prepared::row('SELECT credit FROM tblclients WHERE id = ? FOR UPDATE', [$this->command['client_id']]);

        return $row === null ? 'The client no longer exists.'
            : Expectations::underLock($this->command, (string) $row['credit']);
    }

    private function addUnderLock(): Outcome
    {
        $mismatch = $this->mismatchUnderLock();
        if ($mismatch !== '') {
            return new Outcome(Command::STALE, $mismatch);
        }
        $pdo = Capsule::connection()->getPdo();
        $pdo->exec('SAVEPOINT ' . self::SAVEPOINT);
        $answer = $this->ask();
        $pdo->exec('RELEASE SAVEPOINT ' . self::SAVEPOINT);
        if (Capsule::connection()->transactionLevel() !== 1) {
            throw new RuntimeException('Another transaction was started inside ours and not ended.');
        }
        if (!LocalApi::succeeded($answer)) {
            return Refusals::outcome($answer);
        }
        $creditLogId = AddCredit::logRow($this->command);

        return $creditLogId === null
            ? new Outcome(Command::REFUSED, 'WHMCS wrote no log row with our marker; the call was rolled back.', $answer)
            : new Outcome(Command::DONE, '', $answer, $creditLogId);
    }

    private function ask(): array
    {
        $action = Action::of($this->command['action']);
        $act = function () use ($action): array {
            if ($action->leavesFirst()) {
                $this->noteAsking();
            }
            return $action->call($this->command, $this->admin);
        };
        return Lock::keptDuring($this->command, function () use ($act): array {
            return Running::during($this->command['id'], $act);
        });
    }

    /**
     * Commits a note just before the call. Without the note, the call has not begun and may still be made.
     *
     * @throws RuntimeException if another executor has taken the command
     */
    private function noteAsking(): void
    {
        if (!Queue::noteAnswer($this->command, ['asked' => true])) {
            throw new RuntimeException('Another executor has taken this command over; WHMCS was not asked.');
        }
    }

    /**
     * Rolls back what can be rolled back. If the server has already ended the transaction (WHMCS committed, a deadlock,
     * a lost connection), Capsule still counts it as open, and this process would never work again. So this resets the
     * count.
     */
    private function abandon(): void
    {
        $connection = Capsule::connection();
        try {
            // To level 0: nothing was open before ours, and nothing started inside it may outlive it.
            $connection->rollBack(0);
        } catch (Throwable $ended) {
            Log::fault('roll back', $ended);
        }
        if ($connection->transactionLevel() > 0 && !$connection->getPdo()->inTransaction()) {
            Closure::bind(function (): void {
                $this->transactions = 0;
            }, $connection, Connection::class)();
        }
    }
}
