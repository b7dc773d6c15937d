<?php

declare(strict_types=1);

namespace StandIn\Web\ClientArea;

use StandIn\Billing\Credit;
use StandIn\Billing\Deposits;
use StandIn\Platform\Money;
use StandIn\Platform\Operation;
use StandIn\Platform\RolledBack;
use StandIn\Web\ClientPage;
use StandIn\Web\Flash;
use StandIn\Web\Gateways;
use StandIn\Web\Redirect;

/**
 * clientarea.php?action=addfunds (whmcs.md §1.1, §2.3): core's limits, an Unpaid invoice, then payment. What
 * ClientAreaPageAddFunds returns changes the page alone, never what a post may do (§4.2, §8.20).
 */
final class AddFundsPage
{
    public static function handle(int $clientId): void
    {
        $error = $_SERVER['REQUEST_METHOD'] === 'POST' ? self::post($clientId) : '';
        $limits = Deposits::limits($clientId);
        $obstacle = Deposits::obstacle($clientId);
        $currency = (int) getCurrency($clientId)['id'];
        $price = static fn (int $hundredths): object => formatCurrency(Money::text($hundredths), $currency);
        ClientPage::show('clientareaaddfunds', 'Add Funds', [
            'addfundsdisabled' => $obstacle === 'addfundsdisabled', 'notallowed' => $obstacle === 'notallowed',
            'errormessage' => $error, 'minimumamount' => $price($limits['minimum']),
            'maximumamount' => $price($limits['maximum']), 'maximumbalance' => $price($limits['balance']),
            'amount' => (string) ($_POST['amount'] ?? Money::text($limits['minimum'])),
            'gateways' => Gateways::visible(), 'creditbalance' => $price(Credit::balance($clientId)),
        ], 'ClientAreaPageAddFunds');
    }

    /** Redirects to the invoice, or answers what is wrong. */
    private static function post(int $clientId): string
    {
        check_token('WHMCS.default');
        $amount = trim((string) ($_POST['amount'] ?? ''));
        $method = Gateways::choose((string) ($_POST['paymentmethod'] ?? ''));
        $complaint = Deposits::obstacle($clientId) !== '' ? 'Not allowed.' : Deposits::complaint($clientId, $amount);
        if ($complaint !== '') {
            return $complaint;
        }
        try {
            $id = Operation::run(static fn (): int => Deposits::createInvoice($clientId, Money::parse($amount), $method));
        } catch (RolledBack $rolledBack) {
            Flash::set('warning', $rolledBack->getMessage());
            Redirect::to('/clientarea.php?action=addfunds');
        }
        Redirect::to("/viewinvoice.php?id=$id");
    }
}
