<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use Closure;
use Illuminate\Database\Connection;
use RuntimeException;
use Throwable;
use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Command\Proof\AddCredit;
use WHMCS\Module\Addon\Creditbridge\Command\Proof\Proof;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Prepared;
use WHMCS\Module\Addon\Creditbridge\Text;

/**
 * One call of localAPI for a command that is running, and what is written down about it.
 */
final class Call
{
    /** Notices when WHMCS ended our transaction, whatever the driver believes: then this savepoint is gone. */
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
     * AddCredit and its own row in one transaction on WHMCS's connection: either both are there or neither (design
     * §7.3).
     *
     * @throws Throwable when it is not known what became of it
     */
    public function insideTransaction(): void
    {
        $connection = Capsule::connection();
        $connection->beginTransaction();
        try {
            $outcome = $this->addUnderLock();
            if ($outcome->state === Command::DONE) {
                if (!Queue::settle($this->command, [Command::RUNNING], $outcome)) {
                    throw new RuntimeException('The row of the command was moved on by another; the call was rolled back.');
                }
                $connection->commit();
                return;
            }
            $connection->rollBack();
        } catch (Throwable $fault) {
            $this->abandon();
            throw $fault;
        }
        Queue::settle($this->command, [Command::RUNNING], $outcome);
    }

    /** Everything else: call, then store the answer, the row that proves it, and whether the end state holds (design §7.4). */
    public function plainly(): void
    {
        $mismatch = $this->command['action'] === 'AddCredit' ? $this->mismatchNow() : '';
        if ($mismatch !== '') {
            Queue::settle($this->command, [Command::RUNNING], new Outcome(Command::STALE, $mismatch));
            return;
        }
        $answer = $this->ask();
        $proof = Proof::of($this->command['action']);
        $outcome = LocalApi::succeeded($answer) ? $proof->afterSuccess($this->command, $answer)
            : $proof->afterRefusal($this->command, $answer);
        if ($outcome->state === Command::OPEN) {
            $outcome = new Outcome(Command::UNKNOWN, 'WHMCS reports success, but: ' . $outcome->reason, $answer);
        }
        // Whoever settled it meanwhile did so by its traces; who made the call knows better, unless it was begun again.
        $from = $outcome->state === Command::DONE ? [Command::RUNNING, Command::OPEN, Command::UNKNOWN] : [Command::RUNNING];
        if (Queue::settle($this->command, $from, $outcome)) {
            Settler::tell($this->command, $outcome);
        }
    }

    /**
     * Where WHMCS writes on a connection of its own, the lock cannot be held during the call: it would wait for us. But what
     * others had begun is waited for here, so only a movement of this very moment can still come between.
     */
    private function mismatchNow(): string
    {
        return Capsule::connection()->transaction(function (): string {
            return $this->mismatchUnderLock();
        });
    }

    private function mismatchUnderLock(): string
    {
        // The lock comes first: the snapshot of this transaction must not be older than it.
        $row = Prepared::row('SELECT credit FROM tblclients WHERE id = ? FOR UPDATE', [$this->command['client_id']]);

        return $row === null ? 'The client does not exist any more.'
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
            throw new RuntimeException('A transaction was begun in ours and not ended.');
        }
        if (!LocalApi::succeeded($answer)) {
            return Refusals::outcome($answer);
        }
        $creditLogId = AddCredit::logRow($this->command);

        return $creditLogId === null
            ? new Outcome(Command::REFUSED, 'WHMCS wrote no log row that carries our marker; it was rolled back.', $answer)
            : new Outcome(Command::DONE, '', $answer, $creditLogId);
    }

    private function ask(): array
    {
        $parameters = $this->command['parameters'];
        if ($this->command['action'] === 'AddCredit') {
            $parameters['description'] = Text::storable((string) $parameters['description'], 500)
                . Command::marker($this->command['id']);
        }
        $act = function () use ($parameters): array {
            if (in_array($this->command['action'], Actions::LEAVES_FIRST, true)) {
                $this->noteAsking();
            }
            if ($this->command['action'] === 'CreateInvoice') {
                return (new InvoiceMaker($this->command, $this->admin))->make();
            }
            return LocalApi::call($this->command['action'], $parameters, $this->admin);
        };
        return Lock::keptDuring($this->command, function () use ($act): array {
            return Running::during($this->command['id'], $act);
        });
    }

    /**
     * Committed just before the call, so that one which was cut off earlier is known not to have begun and may be done.
     *
     * @throws RuntimeException when another executor has the command by now
     */
    private function noteAsking(): void
    {
        if (!Queue::noteAnswer($this->command, ['asked' => true])) {
            throw new RuntimeException('Another executor has taken this command over; WHMCS was not asked.');
        }
    }

    /**
     * Rolls back what may be rolled back. Where the server has ended the transaction already (WHMCS committed, a deadlock, a
     * lost connection), Capsule still counts it as open, and this process would never work again: the count is set right.
     */
    private function abandon(): void
    {
        $connection = Capsule::connection();
        try {
            // To the bottom: nothing was open before ours, and what was begun in it must not outlive it.
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
