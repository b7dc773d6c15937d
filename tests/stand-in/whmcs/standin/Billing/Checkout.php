<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Activity;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Operation;

/** An order from the cart (whmcs.md §4.4, §2.4 "Checkout"). */
final class Checkout
{
    /** @param array<string, mixed> $fields All checkout POST fields. @return list<string> What blocks the order. */
    public static function objections(array $fields, int $clientId): array
    {
        $texts = [];
        foreach (run_hook('ShoppingCartValidateCheckout', $fields + ['clientId' => $clientId]) as $result) {
            foreach ((array) $result as $text) {
                if (is_string($text) && $text !== '') {
                    $texts[] = $text;
                }
            }
        }
        return $texts;
    }

    /** Places the order and applies credit when the client chose so. Returns the invoice's id, 0 for a free order. */
    public static function place(int $clientId, int $productId, string $cycle, string $paymentMethod, bool $useCredit): int
    {
        run_hook('PreShoppingCartCheckout', ['products' => [['pid' => $productId, 'billingcycle' => $cycle]]]);
        [$orderId, $number, $serviceId] = self::order($clientId, $productId, $cycle, $paymentMethod);
        $service = Db::table('tblhosting')->where('id', $serviceId)->first();
        $name = Db::table('tblproducts')->where('id', $productId)->value('name');
        $line = new InvoiceLine('Hosting', $serviceId, "$name ($cycle)", Money::parse($service->firstpaymentamount));
        $invoiceId = Operation::run(static fn (): int => InvoiceCreation::create(new NewInvoice(
            $clientId,
            [$line],
            paymentMethod: $paymentMethod,
            useCredit: $useCredit,
        )));
        Db::table('tblorders')->where('id', $orderId)->update(['invoiceid' => $invoiceId]);
        run_hook('AfterShoppingCartCheckout', [
            'OrderID' => $orderId, 'OrderNumber' => $number, 'ServiceIDs' => [$serviceId], 'AddonIDs' => [],
            'DomainIDs' => [], 'RenewalIDs' => [], 'PaymentMethod' => $paymentMethod, 'InvoiceID' => $invoiceId,
            'TotalDue' => Money::text(max(0, Invoices::openBalance($invoiceId))),
        ]);
        return $invoiceId;
    }

    /** @return array{0: int, 1: int, 2: int} Order id, order number, service id. */
    private static function order(int $clientId, int $productId, string $cycle, string $paymentMethod): array
    {
        $price = self::price($clientId, $productId, $cycle);
        $number = random_int(1_000_000_000, 9_999_999_999);
        $orderId = Db::table('tblorders')->insertGetId([
            'ordernum' => $number, 'userid' => $clientId, 'date' => Clock::now(), 'amount' => Money::text($price),
            'paymentmethod' => $paymentMethod, 'status' => 'Pending', 'ipaddress' => $_SERVER['REMOTE_ADDR'] ?? '',
        ]);
        $serviceId = Db::table('tblhosting')->insertGetId([
            'userid' => $clientId, 'orderid' => $orderId, 'packageid' => $productId, 'regdate' => Clock::today(),
            'domain' => "order-$orderId.example", 'paymentmethod' => $paymentMethod, 'billingcycle' => $cycle,
            'firstpaymentamount' => Money::text($price), 'amount' => Money::text($price),
            'nextduedate' => Clock::today(),
            'nextinvoicedate' => BillingCycle::add(Clock::today(), max(1, BillingCycle::months($cycle))),
            'domainstatus' => 'Pending', 'created_at' => Clock::now(), 'updated_at' => Clock::now(),
        ]);
        Activity::log("New Order Placed - Order ID: $orderId", $clientId);
        return [$orderId, $number, $serviceId];
    }

    /** Set-up fee and first term in the client's currency, hundredths. */
    public static function price(int $clientId, int $productId, string $cycle): int
    {
        $column = BillingCycle::columns()[$cycle];
        $row = Db::table('tblpricing')->join('tblclients', 'tblclients.currency', '=', 'tblpricing.currency')
            ->where('tblclients.id', $clientId)->where('type', 'product')->where('relid', $productId)
            ->first(["$column as price", $column[0] . 'setupfee as setup']);
        return Money::parse($row->price) + max(0, Money::parse($row->setup));
    }
}
