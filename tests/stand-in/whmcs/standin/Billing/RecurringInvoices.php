<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Operation;
use StandIn\Platform\Settings;
use stdClass;

/** Generation of due invoices, by cron and by GenInvoices (whmcs.md §2.4 first row, §1.3, §4.3). */
final class RecurringInvoices
{
    /**
     * @param int|null $clientId Only that client's services.
     * @param list<int> $serviceIds Only these services.
     * @return array{created: int, latest: int}
     */
    public static function generate(?int $clientId = null, array $serviceIds = [], bool $mail = true): array
    {
        run_hook('PreInvoicingGenerateInvoiceItems', []);
        $groups = self::groups($clientId, $serviceIds);
        $latest = 0;
        foreach ($groups as $services) {
            $latest = Operation::run(static fn (): int => self::invoice($services, $mail));
        }
        run_hook('AfterInvoicingGenerateInvoiceItems', []);
        return ['created' => count($groups), 'latest' => $latest];
    }

    /**
     * Items with equal due date and payment method share an invoice, unless the client or its group wants separate ones (§1.3).
     *
     * @param list<int> $serviceIds
     * @return array<string, list<stdClass>>
     */
    private static function groups(?int $clientId, array $serviceIds): array
    {
        $horizon = Clock::inDays((int) (Settings::get('CreateInvoiceDaysBefore') ?: '14'));
        $query = Db::table('tblhosting')
            ->join('tblclients', 'tblclients.id', '=', 'tblhosting.userid')
            ->leftJoin('tblclientgroups', 'tblclientgroups.id', '=', 'tblclients.groupid')
            ->whereIn('domainstatus', ['Active', 'Suspended'])
            ->where('nextinvoicedate', '>', '0000-00-00')->where('nextinvoicedate', '<=', $horizon)
            ->where('tblhosting.amount', '>', '0')->where('tblclients.status', '!=', 'Closed')
            ->orderBy('tblhosting.nextinvoicedate')->orderBy('tblhosting.id')
            ->select('tblhosting.*', 'tblclients.separateinvoices', 'tblclientgroups.separateinvoices as groupseparate');
        if ($clientId !== null) {
            $query->where('tblhosting.userid', $clientId);
        }
        if ($serviceIds !== []) {
            $query->whereIn('tblhosting.id', $serviceIds);
        }
        $groups = [];
        foreach ($query->get() as $service) {
            $months = BillingCycle::months((string) $service->billingcycle);
            if ($months > 0) {
                $separate = (int) $service->separateinvoices === 1 || $service->groupseparate === 'on';
                $key = implode('|', [$service->userid, $service->nextinvoicedate, $service->paymentmethod]);
                $groups[$separate ? "$key|{$service->id}" : $key][] = $service;
            }
        }
        return $groups;
    }

    /** @param list<stdClass> $services */
    private static function invoice(array $services, bool $mail): int
    {
        $lines = [];
        foreach ($services as $service) {
            $from = (string) $service->nextinvoicedate;
            $next = BillingCycle::add($from, BillingCycle::months((string) $service->billingcycle));
            $name = Db::table('tblproducts')->where('id', $service->packageid)->value('name');
            $text = trim("$name - $service->domain", ' -') . " ($from - $next)";
            $lines[] = new InvoiceLine('Hosting', (int) $service->id, $text, Money::parse($service->amount));
            array_push($lines, ...self::groupDiscount($service));
            Db::table('tblhosting')->where('id', $service->id)->update(['nextinvoicedate' => $next]);
        }
        return InvoiceCreation::create(new NewInvoice(
            (int) $services[0]->userid,
            $lines,
            dueDate: max((string) $services[0]->nextinvoicedate, Clock::today()),
            paymentMethod: (string) $services[0]->paymentmethod,
            mail: $mail,
            // The stored key is negative: truthy means automatic use is off (§1.1).
            useCredit: !Settings::isOn('NoAutoApplyCredit'),
        ));
    }

    /** A client group's discount is a line of its own (whmcs.md §1.3, §5). @return list<InvoiceLine> */
    private static function groupDiscount(stdClass $service): array
    {
        $percent = (float) Db::table('tblclientgroups')
            ->join('tblclients', 'tblclients.groupid', '=', 'tblclientgroups.id')
            ->where('tblclients.id', $service->userid)->value('discountpercent');
        if ($percent <= 0) {
            return [];
        }
        $amount = (int) round(Money::parse($service->amount) * $percent / 100);
        return [new InvoiceLine('GroupDiscount', (int) $service->id, "Client Group Discount ($percent%)", -$amount)];
    }
}
