<?php

declare(strict_types=1);

namespace StandIn\Gateway;

use StandIn\Billing\Invoices;
use StandIn\Platform\Money;
use StandIn\Web\ClientPage;
use StandIn\Web\Flash;
use StandIn\Web\Redirect;

/**
 * The hosted page of the test gateway: pay, pay another amount, decline, repeat the callback, or charge and never call back.
 * The callback is a request of its own, as from a real gateway's server.
 */
final class PaymentPage
{
    public static function handle(int $clientId, int $invoiceId): void
    {
        $invoice = Invoices::find($invoiceId);
        if ($invoice === null || (int) $invoice->userid !== $clientId) {
            Redirect::to('/clientarea.php?action=invoices');
        }
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            check_token('WHMCS.default');
            self::act($invoiceId, (string) ($_POST['outcome'] ?? ''), (string) ($_POST['amount'] ?? ''));
            Redirect::to("/viewinvoice.php?id=$invoiceId");
        }
        $open = max(0, Invoices::openBalance($invoiceId));
        ClientPage::show('gatewaypay', 'Test Card Payment', [
            'invoiceid' => $invoiceId, 'amount' => Money::text($open),
            'balance' => formatCurrency(Money::text($open), getCurrency($clientId)['id']),
        ]);
    }

    private static function act(int $invoiceId, string $outcome, string $amount): void
    {
        $hundredths = Money::isAmount($amount) ? Money::parse($amount) : Invoices::openBalance($invoiceId);
        if ($outcome === 'decline') {
            GatewayCallback::log(TestGateway::NAME, ['invoiceid' => $invoiceId], 'Declined');
            Flash::set('danger', 'The payment was declined.');
            return;
        }
        $transId = TestGateway::charge($invoiceId, $hundredths);
        match ($outcome) {
            'timeout' => Flash::set('warning', 'The gateway charged the card but did not answer in time.'),
            'repeat' => [TestGateway::callBack($transId), TestGateway::callBack($transId)],
            default => TestGateway::callBack($transId),
        };
        if ($outcome !== 'timeout') {
            Flash::set('success', 'Thank you. Your payment was received.');
        }
    }
}
