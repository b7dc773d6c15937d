<?php

declare(strict_types=1);

namespace StandIn\Billing;

use DateTimeImmutable;
use StandIn\Platform\Activity;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Settings;
use StandIn\Platform\Switches;
use stdClass;

/** A service changed to a cheaper product; with Credit on Downgrade the rest of the term becomes credit (whmcs.md §2.5, §1.1). */
final class Downgrade
{
    /**
     * What the change gives back for the days left: the old price less the new one, by the day, rounded down. Negative when it
     * would cost.
     *
     * @return array{credit: int, left: int, cycle: int} Hundredths; days left and days in the cycle.
     */
    public static function quote(stdClass $service, int $productId): array
    {
        $cycle = (string) $service->billingcycle;
        $due = new DateTimeImmutable((string) $service->nextduedate);
        $start = new DateTimeImmutable(BillingCycle::add((string) $service->nextduedate, -BillingCycle::months($cycle)));
        $days = (int) $start->diff($due)->days;
        $left = max(0, min($days, (int) (new DateTimeImmutable(Clock::today()))->diff($due)->format('%r%a')));
        $old = self::worth($service);
        $new = Checkout::price((int) $service->userid, $productId, $cycle);
        return ['credit' => intdiv(($old - $new) * $left, $days), 'left' => $left, 'cycle' => $days];
    }

    /** What the term of the service counts for: its price, or what its newest paid invoice took for it (switch downgrade_credit). */
    private static function worth(stdClass $service): int
    {
        $price = Money::parse($service->amount);
        if (Switches::get('downgrade_credit') === 'price') {
            return $price;
        }
        $paid = Db::table('tblinvoiceitems')->join('tblinvoices', 'tblinvoices.id', '=', 'tblinvoiceitems.invoiceid')
            ->where('tblinvoiceitems.type', 'Hosting')->where('tblinvoiceitems.relid', $service->id)
            ->where('tblinvoices.status', 'Paid')->orderByDesc('tblinvoices.id')->value('tblinvoiceitems.amount');
        return min($price, Money::parse($paid ?? '0'));
    }

    /** Changes the service and books the credit. Returns the id of the upgrade. */
    public static function make(stdClass $service, int $productId): int
    {
        $clientId = (int) $service->userid;
        $serviceId = (int) $service->id;
        ['credit' => $credit, 'left' => $left, 'cycle' => $days] = self::quote($service, $productId);
        $price = Checkout::price($clientId, $productId, (string) $service->billingcycle);
        // The hook sees a negative amount when it is a credit (whmcs.md §4.4).
        $id = Db::table('tblupgrades')->insertGetId([
            'userid' => $clientId, 'type' => 'package', 'date' => Clock::today(), 'relid' => $serviceId,
            'originalvalue' => (string) $service->packageid, 'newvalue' => "$productId,$service->billingcycle",
            'new_cycle' => $service->billingcycle, 'amount' => Money::text(-$credit), 'days_remaining' => $left,
            'credit_amount' => Money::text(intdiv(Money::parse($service->amount) * $left, $days)),
            'total_days_in_cycle' => $days, 'new_recurring_amount' => Money::text($price),
            'recurringchange' => Money::text($price - Money::parse($service->amount)), 'status' => 'Completed', 'paid' => 'Y',
        ]);
        run_hook('PreUpgradeCheckout', [
            'clientId' => $clientId, 'upgradeId' => $id, 'serviceId' => $serviceId, 'amount' => Money::text(-$credit), 'discount' => '0.00',
        ]);
        Db::table('tblhosting')->where('id', $serviceId)->update(['packageid' => $productId, 'amount' => Money::text($price)]);
        if (Settings::isOn('CreditOnDowngrade')) {
            Credit::change($clientId, $credit, CreditTexts::of('downgrade', 0), null, null, 0);
        }
        Activity::log("Upgrade/Downgrade Completed - Service ID: $serviceId", $clientId);
        return $id;
    }
}
