<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Action;

use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\CreditRow;
use WHMCS\Module\Addon\Creditbridge\Command\Outcome;
use WHMCS\Module\Addon\Creditbridge\Command\Signs;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Hundredths;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * ApplyCredit: log row, balance and invoice all changed → done; all unchanged → open; anything between → unknown.
 */
final class ApplyCredit extends Action
{
    protected function parameters(): array
    {
        return ['invoiceid', 'amount', 'noemail'];
    }

    protected function isComplete(array $parameters): bool
    {
        return self::has($parameters, 'invoiceid', 'amount');
    }

    /**
     * The row that proves it must exist, and a covered invoice must be Paid. Does not check the balance: an admin may
     * be changing it at the same moment.
     */
    public function afterSuccess(array $command, array $answer): Outcome
    {
        $creditLogId = CreditRow::ofInvoice($command);
        if ($creditLogId === null) {
            return new Outcome(Command::UNKNOWN, 'WHMCS reports success, but the credit log has no row for it.', $answer);
        }
        $status = Witnesses::invoice($command['invoice_id'])['status'] ?? 'gone';

        return !self::isCovering($command) || $status === 'Paid'
            ? new Outcome(Command::DONE, '', $answer, $creditLogId)
            : new Outcome(Command::UNKNOWN, 'The credit covers the invoice, but it is ' . $status . '.', $answer, $creditLogId);
    }

    public function afterRefusal(array $command, array $answer): Outcome
    {
        return $this->comparedRefusal($command, $answer);
    }

    public function afterCut(array $command): Outcome
    {
        $amount = -CreditRow::amountOf($command);
        $before = $command['witnesses']['invoice'] ?? [];
        $now = Witnesses::invoice($command['invoice_id']);
        if ($now === null || !isset($before['credit'], $now['credit'])) {
            return new Outcome(Command::UNKNOWN, 'The invoice cannot be compared with its state before.');
        }
        $creditLogId = CreditRow::ofInvoice($command);
        $moved = self::difference($now, $before, 'credit');
        $isConsistent = self::balanceFollowsLog($command);
        $isCovered = self::isCovering($command);

        if ($creditLogId === null && $moved === 0 && $isConsistent) {
            return new Outcome(Command::OPEN, 'It had no effect: credit log, balance and invoice are as before.');
        }
        if ($creditLogId !== null && $moved === $amount && $isConsistent && (!$isCovered || $now['status'] === 'Paid')) {
            return new Outcome(Command::DONE, 'Found by its traces after the call was interrupted.', null, $creditLogId);
        }
        return new Outcome(Command::UNKNOWN, implode(' ', [
            $creditLogId === null ? 'The credit log has no row for it.' : 'The credit log has a row for it.',
            'Credit on the invoice changed by ' . Hundredths::format($moved) . ' (asked: '
                . Hundredths::format($amount) . ').',
            $isConsistent ? 'The balance agrees with the credit log.'
                : 'Balance, credit log and invoice do not agree.',
            $isCovered ? 'It should be Paid; it is ' . $now['status'] . '.' : 'It is ' . $now['status'] . '.',
        ]), null, $creditLogId);
    }

    public function signs(array $command, int $row): array
    {
        $signs = Signs::ofMovement($command, $row === 0 ? CreditRow::find($command) : $row);
        $before = $command['witnesses']['invoice'] ?? null;
        if ($before === null) {
            return $signs;
        }
        $amount = -CreditRow::amountOf($command);
        $now = Witnesses::invoice($command['invoice_id']);
        $isOnIt = Signs::moved($before, $now, 'credit', $amount);
        $invoice = 'invoice ' . $command['invoice_id'];
        $signs[] = Signs::sign(
            $isOnIt,
            Hundredths::format($amount) . ' stand as credit on ' . $invoice,
            'none of it stands on ' . $invoice
        );
        if (isset($before['balance']) && self::isCovering($command) && $now !== null) {
            // Paid without this credit, it was paid by other means.
            $isPaid = $now['status'] === 'Paid' ? ($isOnIt === true ? true : null) : false;
            $signs[] = Signs::sign($isPaid, $invoice . ' is Paid', $invoice . ' is ' . $now['status'] . ', not Paid');
        }
        return $signs;
    }

    private static function isCovering(array $command): bool
    {
        $open = $command['witnesses']['invoice']['balance'];

        return $open !== null && Hundredths::parse($open) <= -CreditRow::amountOf($command);
    }
}
