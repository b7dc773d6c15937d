<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\EventLog;
use StandIn\Platform\Money;
use stdClass;

/** What payment does for each line of an invoice (whmcs.md §2.8, §2.3, §2.6). */
final class Automation
{
    public static function run(int $invoiceId): void
    {
        foreach (Invoices::lines($invoiceId) as $line) {
            match ($line->type) {
                'Hosting' => self::service((int) $line->relid, $invoiceId),
                'Invoice' => MassPayment::settle($line),
                default => null,
            };
        }
    }

    /** Next due dates go back a cycle when the payment is reversed (whmcs.md §2.7). */
    public static function goBack(int $invoiceId): void
    {
        foreach (Invoices::lines($invoiceId) as $line) {
            $service = $line->type === 'Hosting' ? Db::table('tblhosting')->where('id', $line->relid)->first() : null;
            $months = $service === null ? 0 : BillingCycle::months((string) $service->billingcycle);
            if ($months > 0 && $service->nextduedate !== null) {
                Db::table('tblhosting')->where('id', $service->id)->update(
                    ['nextduedate' => BillingCycle::add((string) $service->nextduedate, -$months)]
                );
            }
        }
    }

    public static function bookDeposits(int $invoiceId): void
    {
        foreach (Invoices::lines($invoiceId) as $line) {
            if ($line->type === 'AddFunds') {
                $text = CreditTexts::of('add-funds', $invoiceId);
                Credit::change((int) $line->userid, Money::parse($line->amount), $text, null, 0, $invoiceId);
            }
        }
    }

    /** Provisions a pending service, unsuspends a suspended one, moves the next due date forward one cycle. */
    private static function service(int $serviceId, int $invoiceId): void
    {
        $service = Db::table('tblhosting')->where('id', $serviceId)->first();
        if ($service === null) {
            return;
        }
        $changes = self::nextDates($service);
        if ($service->domainstatus === 'Pending') {
            $changes['domainstatus'] = 'Active';
            Db::table('tblorders')->where('id', $service->orderid)->update(['status' => 'Active']);
            EventLog::write('provision', (int) $service->userid, $invoiceId, $serviceId);
        } elseif ($service->domainstatus === 'Suspended') {
            $changes['domainstatus'] = 'Active';
            EventLog::write('unsuspend', (int) $service->userid, $invoiceId, $serviceId);
        }
        Db::table('tblhosting')->where('id', $serviceId)->update($changes);
    }

    /** @return array<string, string> */
    private static function nextDates(stdClass $service): array
    {
        $months = BillingCycle::months((string) $service->billingcycle);
        if ($months === 0 || $service->nextduedate === null) {
            return ['updated_at' => Clock::now()];
        }
        // An ordered service's first term begins when it is ordered; its invoice dates already point past it.
        $due = BillingCycle::add((string) $service->nextduedate, $months);
        return ['nextduedate' => $due, 'nextinvoicedate' => max($due, (string) $service->nextinvoicedate)];
    }
}
