<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Action;

use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\CreditRow;
use WHMCS\Module\Addon\Creditbridge\Command\Outcome;
use WHMCS\Module\Addon\Creditbridge\Command\Signs;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\LocalApi;
use WHMCS\Module\Addon\Creditbridge\SelfTest\Verdicts;
use WHMCS\Module\Addon\Creditbridge\Settings;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * Takes credit off an unpaid invoice: ApplyCredit with a negative amount. WHMCS does not document that (whmcs.md §2.4), so
 * it is asked for only where a trial has shown it with this very version. Nothing else in the shim does it, but the trials.
 */
final class UnapplyCredit extends Action
{
    protected function parameters(): array
    {
        return ['invoiceid', 'amount'];
    }

    protected function isComplete(array $parameters): bool
    {
        return self::has($parameters, 'invoiceid', 'amount');
    }

    public function call(array $command, string $admin): array
    {
        $problem = Verdicts::whyNot(Settings::load(), Verdicts::TAKES_OFF);

        return $problem !== '' ? ['result' => 'error', 'message' => $problem] : LocalApi::call('ApplyCredit', [
            'invoiceid' => $command['invoice_id'], 'amount' => '-' . $command['parameters']['amount'], 'noemail' => true,
        ], $admin);
    }

    public function afterSuccess(array $command, array $answer): Outcome
    {
        $found = $this->afterCut($command);
        $found->answer = $answer;

        return $found;
    }

    public function afterRefusal(array $command, array $answer): Outcome
    {
        return $this->comparedRefusal($command, $answer);
    }

    /**
     * By the open amount, which rises by what was taken off: on 8.x the total rises, and how 9.x takes a note back is not
     * known (whmcs.md §8.3).
     */
    public function afterCut(array $command): Outcome
    {
        $amount = CreditRow::amountOf($command);
        $before = $command['witnesses']['invoice'] ?? [];
        $now = Witnesses::invoice($command['invoice_id']);
        if ($now === null || !isset($before['balance'], $now['balance'])) {
            return new Outcome(Command::UNKNOWN, 'The invoice cannot be compared with its state before.');
        }
        $creditLogId = CreditRow::ofInvoice($command);
        $moved = self::difference($now, $before, 'balance');
        $isConsistent = self::balanceFollowsLog($command);
        if ($creditLogId === null && $moved === 0 && $isConsistent) {
            return new Outcome(Command::OPEN, 'It had no effect: credit log, balance and invoice are as before.');
        }
        if ($creditLogId !== null && $moved === $amount && $isConsistent) {
            return new Outcome(Command::DONE, '', null, $creditLogId);
        }
        return new Outcome(Command::UNKNOWN, implode(' ', [
            $creditLogId === null ? 'The credit log has no row for it.' : 'The credit log has a row for it.',
            'What is open on the invoice changed by ' . Hundredths::format($moved) . ' (asked: ' . Hundredths::format($amount)
                . ').',
            $isConsistent ? 'The balance agrees with the credit log.' : 'Balance, credit log and invoice do not agree.',
        ]), null, $creditLogId);
    }

    public function signs(array $command, int $row): array
    {
        $signs = Signs::ofMovement($command, $row === 0 ? CreditRow::find($command) : $row);
        $before = $command['witnesses']['invoice'] ?? null;
        if ($before === null) {
            return $signs;
        }
        $amount = CreditRow::amountOf($command);
        $isOff = Signs::moved($before, Witnesses::invoice($command['invoice_id']), 'balance', $amount);
        $invoice = 'invoice ' . $command['invoice_id'];

        return array_merge($signs, [Signs::sign(
            $isOff,
            Hundredths::format($amount) . ' more are open on ' . $invoice,
            'all of it still stands on ' . $invoice
        )]);
    }
}
