<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command\Action;

use WHMCS\Module\Addon\Creditbridge\Command\AddFundsLine;
use WHMCS\Module\Addon\Creditbridge\Command\Command;
use WHMCS\Module\Addon\Creditbridge\Command\InvoiceMoney;
use WHMCS\Module\Addon\Creditbridge\Command\Outcome;
use WHMCS\Module\Addon\Creditbridge\Command\Signs;
use WHMCS\Module\Addon\Creditbridge\Command\Witnesses;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Hundredths;

if (!defined('WHMCS')) {
    // Called by itself, as where the web server serves this folder: its parent is not there.
    return;
}

/**
 * CapturePayment: the invoice's payments and its last capture attempt. A card may be charged although WHMCS has no
 * trace of it yet, so an interrupted capture is never repeated automatically (design §7).
 */
final class CapturePayment extends Action
{
    protected function parameters(): array
    {
        return ['invoiceid'];
    }

    protected function isComplete(array $parameters): bool
    {
        return self::has($parameters, 'invoiceid');
    }

    public function leavesFirst(): bool
    {
        return true;
    }

    public function afterSuccess(array $command, array $answer): Outcome
    {
        $now = Witnesses::invoice($command['invoice_id']);
        $status = $now['status'] ?? 'gone';
        if (self::payments($command) === 0 && $status !== 'Payment Pending') {
            return new Outcome(Command::UNKNOWN, 'WHMCS reports success, but the invoice has no new payment.', $answer);
        }
        return self::isBooked($now) ? new Outcome(Command::DONE, '', $answer)
            : new Outcome(Command::UNKNOWN, 'The payment covers the invoice, but it is ' . $status . '.', $answer);
    }

    /** Despite the refusal the payment may be booked: by a late answer of the gateway, or by its callback. */
    public function afterRefusal(array $command, array $answer): Outcome
    {
        $outcome = parent::afterRefusal($command, $answer);
        if (self::payments($command) === 0) {
            return $outcome;
        }
        return new Outcome(
            self::isBooked(Witnesses::invoice($command['invoice_id'])) ? Command::DONE : Command::UNKNOWN,
            'WHMCS answered: ' . $outcome->reason . ' But a payment was booked.',
            $answer
        );
    }

    public function afterCut(array $command): Outcome
    {
        if (!self::wasAsked($command)) {
            return new Outcome(Command::OPEN, 'It had no effect: WHMCS was not asked to charge.');
        }
        $now = Witnesses::invoice($command['invoice_id']);
        if (self::payments($command) > 0) {
            $isBooked = self::isBooked($now);
            return $isBooked && self::isDepositAdded($command, $now)
                ? new Outcome(Command::DONE, 'Found by its traces after the call was interrupted.')
                : new Outcome(Command::UNKNOWN, $isBooked
                    ? 'The payment is booked and the invoice is Paid, but the credit it should add is not on the balance.'
                    : 'The payment is booked, but the invoice is ' . ($now['status'] ?? 'gone') . '.');
        }
        $before = $command['witnesses']['invoice']['captureAttempt'] ?? '';

        return new Outcome(Command::UNKNOWN, ($now !== null && $now['captureAttempt'] !== $before
            ? 'WHMCS noted a capture attempt, but no payment.' : 'WHMCS noted neither a capture attempt nor a payment.')
            . ' Only the gateway knows whether the card was charged; this is not repeated automatically.');
    }

    /** Only the gateway knows that nothing was charged, but a payment that was booked shows itself. */
    public function signs(array $command, int $row): array
    {
        $isBooked = isset($command['witnesses']['accountId']) && self::payments($command) > 0;

        return [Signs::sign($isBooked ?: null, 'a payment of invoice ' . $command['invoice_id'] . ' was booked since', '')];
    }

    /** Payments of the invoice that were booked since the witnesses were read. */
    private static function payments(array $command): int
    {
        return InvoiceMoney::paymentsAfter((int) $command['witnesses']['accountId'], $command['invoice_id']);
    }

    /** Whether the balance got the credit that a Paid invoice adds (whmcs.md §2.3). */
    private static function isDepositAdded(array $command, array $invoice): bool
    {
        $deposit = (string) Database::value(
            'SELECT COALESCE(SUM(amount), 0) FROM tblinvoiceitems WHERE invoiceid = ? AND type = ?',
            [$command['invoice_id'], AddFundsLine::TYPE]
        );
        if ($invoice['status'] !== 'Paid' || Hundredths::parse($deposit) === 0) {
            return true;
        }
        $movements = Witnesses::movementsSince((int) $command['witnesses']['creditId'], $command['client_id']);
        $added = array_sum(array_filter(array_column($movements, 'amount'), static function (int $amount): bool {
            return $amount > 0;
        }));
        return $added >= Hundredths::parse($deposit) && self::balanceFollowsLog($command);
    }

    /** Whether the invoice agrees with its payments. Unpaid with nothing open means that it is not finished. */
    private static function isBooked($invoice): bool
    {
        return $invoice !== null
            && ($invoice['status'] !== 'Unpaid' || ($invoice['balance'] !== null && Hundredths::parse($invoice['balance']) > 0));
    }
}
