<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Proof;

use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\Outcome;
use WHMCS\Module\Addon\Creditbridge\Command\Queue;
use WHMCS\Module\Addon\Creditbridge\Command\Refusals;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Hundredths;

/**
 * Compares the current state with the witnesses: did a command take effect fully, partly or not at all? One class for
 * each action that needs more than WHMCS's answer (design §7, table of settling); this class serves the others.
 */
class Proof
{
    public static function of(string $action): self
    {
        switch ($action) {
            case 'AddCredit':
                return new AddCredit();
            case 'ApplyCredit':
                return new ApplyCredit();
            case 'UpdateInvoice':
                return new UpdateInvoice();
            case 'CreateInvoice':
                return new CreateInvoice();
            case 'CapturePayment':
                return new CapturePayment();
            case 'SendEmail':
                return new SendEmail();
            default:
                return new self();
        }
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

    /** The call was interrupted. LogActivity and SetConfigurationValue are safe to repeat. */
    public function afterCut(array $command): Outcome
    {
        return new Outcome(Command::OPEN, 'It is safe to repeat.');
    }

    /** Whether WHMCS was called, for actions of Actions::LEAVES_FIRST. */
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
