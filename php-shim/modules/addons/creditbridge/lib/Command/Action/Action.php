<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Action;

use InvalidArgumentException;
use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\Outcome;
use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Command\Refusals;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\LocalApi;

/**
 * An action that a command may ask for: its parameters, and the comparison of the current state with the witnesses (did it
 * take effect fully, partly or not at all; design §7, table of settling). One class for each action, in a file of its name,
 * and nothing else lists it: the shim refuses an action without a class.
 */
abstract class Action
{
    /**
     * Returns the action of this name; null if there is none.
     *
     * @return self|null
     */
    public static function named(string $action)
    {
        $class = __NAMESPACE__ . '\\' . $action;
        if (preg_match('/^[A-Z][A-Za-z]{1,39}$/D', $action) !== 1 || !is_subclass_of($class, self::class)) {
            return null;
        }
        $found = new $class();

        // To PHP, names of classes are the same in upper and lower case; to WHMCS and to our own checks they are not.
        return get_class($found) === $class ? $found : null;
    }

    /**
     * The names of all actions, as their files have them.
     *
     * @return string[]
     */
    public static function names(): array
    {
        $names = array_map(static function (string $file): string {
            return basename($file, '.php');
        }, glob(__DIR__ . '/*.php') ?: []);

        return array_values(array_filter($names, static function (string $name): bool {
            return self::named($name) !== null;
        }));
    }

    /**
     * @throws InvalidArgumentException if there is none, for a command that was started in spite of that
     */
    public static function of(string $action): self
    {
        $found = self::named($action);
        if ($found === null) {
            throw new InvalidArgumentException('The action ' . $action . ' is not allowed.');
        }
        return $found;
    }

    /** Returns why these parameters are not allowed; '' if they are. */
    final public function refusal(string $action, array $parameters): string
    {
        $unknown = array_diff(array_keys($parameters), $this->parameters());
        if ($unknown !== []) {
            return $action . ' takes no parameter ' . implode(', ', $unknown) . '.';
        }
        return $this->isComplete($parameters) ? ''
            : 'The parameters of ' . $action . ' are incomplete or have a value that is not allowed.';
    }

    /** The names of all parameters it may have. */
    abstract protected function parameters(): array;

    /** Whether the parameters it needs are there and have values that are allowed. */
    abstract protected function isComplete(array $parameters): bool;

    /** Whether its effect (a mail, a charge) leaves WHMCS before WHMCS records it. Then it is never called twice (design §7). */
    public function leavesFirst(): bool
    {
        return false;
    }

    final protected static function has(array $parameters, string ...$names): bool
    {
        return array_diff($names, array_keys($parameters)) === [];
    }

    /** Asks WHMCS; returns its answer. */
    public function call(array $command, string $admin): array
    {
        return LocalApi::call($command['action'], $command['parameters'], $admin);
    }

    /** WHMCS reports success: checks that the effect is there. */
    public function afterSuccess(array $command, array $answer): Outcome
    {
        return new Outcome(Command::DONE, '', $answer);
    }

    /** WHMCS refused. It refuses before it writes. */
    public function afterRefusal(array $command, array $answer): Outcome
    {
        return Refusals::outcome($answer);
    }

    /**
     * WHMCS refuses before it writes. But it may also report an exception in another module's hook as a refusal, after
     * the effect (not documented, whmcs.md §8.17). So every refusal is compared with the traces, unless it says that
     * the facts changed.
     */
    final protected function comparedRefusal(array $command, array $answer): Outcome
    {
        $refused = Refusals::outcome($answer);
        $found = $refused->state === Command::STALE ? null : $this->afterCut($command);
        if ($found === null || $found->state === Command::OPEN) {
            return $refused;
        }
        $reason = 'WHMCS answered: ' . $refused->reason . ' But it had an effect. ' . $found->reason;

        return new Outcome($found->state, $reason, $answer, $found->creditLogId);
    }

    /** The call was interrupted. Most actions are not safe to repeat, and say so. */
    public function afterCut(array $command): Outcome
    {
        return new Outcome(Command::OPEN, 'It is safe to repeat.');
    }

    /**
     * The changes it makes, for an admin who says whether it was done (see Signs). None where nobody could look.
     *
     * @param int $row the row of the credit log that the admin names; 0 if none
     */
    public function signs(array $command, int $row): array
    {
        return [];
    }

    /** Whether WHMCS was called, for actions whose effect leaves first. */
    protected static function wasAsked(array $command): bool
    {
        return (Queue::noted($command)['asked'] ?? false) === true;
    }

    protected static function difference(array $one, array $other, string $member): int
    {
        return Hundredths::parse($one[$member]) - Hundredths::parse($other[$member]);
    }

    /** Whether the balance changed by the sum of the log rows since then. */
    protected static function balanceFollowsLog(array $command): bool
    {
        $witnesses = $command['witnesses'];
        $balance = Witnesses::balance($command['client_id']);
        if ($balance === null || $witnesses['balance'] === null) {
            return false;
        }
        $logged = array_sum(array_column(
            Witnesses::movementsSince((int) $witnesses['creditId'], $command['client_id']),
            'amount'
        ));
        return Hundredths::parse($balance) - Hundredths::parse($witnesses['balance']) === $logged;
    }
}
