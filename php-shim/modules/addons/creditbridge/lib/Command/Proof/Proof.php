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
 * Compares what is there with the witnesses: did a command take effect, wholly, not at all, or in between? One class for
 * each action that needs more than WHMCS's answer (design §7, table of settling); this one is the rule for the others.
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

    /** WHMCS said success: is what it says there? */
    public function afterSuccess(array $command, array $answer): Outcome
    {
        return new Outcome(Command::DONE, '', $answer);
    }

    /** WHMCS refused, which it does before it writes. */
    public function afterRefusal(array $command, array $answer): Outcome
    {
        return Refusals::outcome($answer);
    }

    /**
     * WHMCS refuses before it writes. But what it makes of an exception of somebody's hook is not documented (whmcs.md §8.17): it
     * may report that as a refusal, after the effect. So one that does not merely say that the world has changed is compared
     * with the traces.
     */
    final protected function comparedRefusal(array $command, array $answer): Outcome
    {
        $refused = Refusals::outcome($answer);
        $found = $refused->state === Command::STALE ? null : $this->afterCut($command);
        if ($found === null || $found->state === Command::OPEN) {
            return $refused;
        }
        $reason = 'WHMCS answered: ' . $refused->reason . ' Yet something of it happened. ' . $found->reason;

        return new Outcome($found->state, $reason, $answer, $found->creditLogId);
    }

    /** The call was cut off. LogActivity and SetConfigurationValue: repeating them does no harm. */
    public function afterCut(array $command): Outcome
    {
        return new Outcome(Command::OPEN, 'It is safe to repeat.');
    }

    /** Whether WHMCS was asked, for what leaves it before it writes that it has (Actions::LEAVES_FIRST). */
    protected static function wasAsked(array $command): bool
    {
        return (Queue::noted($command)['asked'] ?? false) === true;
    }

    protected static function difference(array $one, array $other, string $member): int
    {
        return Hundredths::parse($one[$member]) - Hundredths::parse($other[$member]);
    }

    /** Whether the balance changed by as much as the log rows since then say. */
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
