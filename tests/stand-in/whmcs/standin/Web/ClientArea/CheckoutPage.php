<?php

declare(strict_types=1);

namespace StandIn\Web\ClientArea;

use InvalidArgumentException;
use StandIn\Billing\BillingCycle;
use StandIn\Billing\Checkout;
use StandIn\Billing\Credit;
use StandIn\Billing\Invoices;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\RolledBack;
use StandIn\Web\ClientPage;
use StandIn\Web\Flash;
use StandIn\Web\Gateways;
use StandIn\Web\Redirect;

/** cart.php?a=checkout: applycredit is 1 or 0, preselected 1 (whmcs.md §2.4); real checkouts carry card and password fields. */
final class CheckoutPage
{
    public static function handle(int $clientId): void
    {
        $productId = (int) ($_REQUEST['pid'] ?? 0);
        $cycle = (string) ($_REQUEST['billingcycle'] ?? 'Monthly');
        $product = Db::table('tblproducts')->where('id', $productId)->where('hidden', 0)->first();
        if ($product === null || BillingCycle::months($cycle) === 0) {
            Redirect::to('/cart.php');
        }
        $objections = $_SERVER['REQUEST_METHOD'] === 'POST' ? self::post($clientId, $productId, $cycle) : [];
        $currency = (int) getCurrency($clientId)['id'];
        $credit = Credit::balance($clientId);
        $total = Checkout::price($clientId, $productId, $cycle);
        ClientPage::show('checkout', 'Checkout', [
            'productid' => $productId, 'productname' => $product->name, 'billingcycle' => $cycle,
            'total' => formatCurrency(Money::text($total), $currency), 'errors' => $objections,
            'canUseCreditOnCheckout' => $credit > 0, 'applyCredit' => ($_POST['applycredit'] ?? '1') === '1',
            'creditBalance' => formatCurrency(Money::text($credit), $currency),
            'creditUse' => formatCurrency(Money::text(min(max(0, $credit), $total)), $currency),
            'gateways' => Gateways::visible(),
        ], 'ClientAreaPageCart');
    }

    /** Redirects after the order, or answers what blocks it. @return list<string> */
    private static function post(int $clientId, int $productId, string $cycle): array
    {
        check_token('WHMCS.default');
        $objections = Checkout::objections($_POST, $clientId);
        if ($objections !== []) {
            return $objections;
        }
        $method = Gateways::choose((string) ($_POST['paymentmethod'] ?? ''));
        $useCredit = ($_POST['applycredit'] ?? '0') === '1';
        try {
            $invoiceId = Checkout::place($clientId, $productId, $cycle, $method, $useCredit);
        } catch (RolledBack $rolledBack) {
            Flash::set('warning', $rolledBack->getMessage());
            Redirect::to('/cart.php');
        } catch (InvalidArgumentException $notOffered) {
            return ['This billing cycle is not offered.'];
        }
        Flash::set('success', 'Thank you for your order.');
        $paid = Invoices::find($invoiceId)->status === 'Paid';
        Redirect::to($paid ? '/clientarea.php' : "/viewinvoice.php?id=$invoiceId");
    }
}
