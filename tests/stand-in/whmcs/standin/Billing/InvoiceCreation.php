<?php

declare(strict_types=1);

namespace StandIn\Billing;

use StandIn\Mail\Mailer;
use StandIn\Platform\Activity;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Switches;

/**
 * Creates invoices in the documented order (whmcs.md §4.3): InvoiceCreation, totals again, InvoiceCreationPreEmail, the mail,
 * InvoiceCreated once the invoice has left Draft.
 */
final class InvoiceCreation
{
    public static function create(NewInvoice $new): int
    {
        $draft = $new->draft || Switches::get('invoice_status_before_mail') === 'Draft';
        $id = self::insert($new, $draft ? 'Draft' : 'Unpaid');
        $computed = InvoiceTotals::compute($id);
        Db::table('tblinvoices')->where('id', $id)->update($computed);
        self::automaticCredit($id, $new->useCredit, 'before-creation-hook');
        $event = ['source' => $new->source, 'user' => $new->user, 'invoiceid' => $id, 'status' => self::status($id)];
        run_hook('InvoiceCreation', $event);
        if ($new->source === 'adminarea') {
            run_hook('InvoiceCreationAdminArea', $event);
        }
        self::fee($id);
        // "Line items may be changed, totals are recalculated afterwards."
        InvoiceTotals::recalculate($id);
        Activity::log("Created Invoice - Invoice ID: $id", $new->clientId);
        if (!$new->draft) {
            self::finalise($id, $new->source, $new->user, $new->mail, $new->useCredit);
        }
        return $id;
    }

    /** The second half: for a draft, when it is published. */
    public static function finalise(int $id, string $source, string|int $user, bool $mail, bool $useCredit): void
    {
        $before = Invoices::find($id);
        self::automaticCredit($id, $useCredit, 'before-mail');
        $event = static fn (): array
            => ['source' => $source, 'user' => $user, 'invoiceid' => $id, 'status' => self::status($id)];
        run_hook('InvoiceCreationPreEmail', $event());
        if ($mail) {
            Mailer::send('Invoice Created', $id);
        }
        if (Switches::get('totals_after_mail') === 'overwritten') {
            self::overwrite($before);
        }
        Db::table('tblinvoices')->where('id', $id)->where('status', 'Draft')->update(['status' => 'Unpaid']);
        self::settleIfCovered($id);
        run_hook('InvoiceCreated', $event());
        self::automaticCredit($id, $useCredit, 'after-created-hook');
        self::settleIfCovered($id);
    }

    /** What addons for gateway fees do in InvoiceCreation: switch fee_line. */
    private static function fee(int $id): void
    {
        if (Switches::get('fee_line') !== '') {
            InvoiceLines::add(Invoices::find($id), 'Gateway fee', Money::parse(Switches::get('fee_line')));
        }
    }

    private static function insert(NewInvoice $new, string $status): int
    {
        $client = Db::table('tblclients')->where('id', $new->clientId)->first();
        $method = $new->paymentMethod !== '' ? $new->paymentMethod : (string) $client->defaultgateway;
        $method = $method !== '' ? $method : 'standincard';
        $id = Db::table('tblinvoices')->insertGetId([
            'userid' => $new->clientId, 'invoicenum' => '', 'date' => $new->date ?: Clock::today(),
            'duedate' => $new->dueDate ?: Clock::today(), 'subtotal' => '0.00', 'credit' => '0.00', 'tax' => '0.00',
            'tax2' => '0.00', 'total' => '0.00', 'taxrate' => $new->taxRate, 'taxrate2' => $new->taxRate2,
            'status' => $status, 'paymentmethod' => $method, 'notes' => $new->notes,
            'created_at' => Clock::now(), 'updated_at' => Clock::now(),
        ]);
        foreach ($new->lines as $line) {
            Db::table('tblinvoiceitems')->insert([
                'invoiceid' => $id, 'userid' => $new->clientId, 'type' => $line->type, 'relid' => $line->relid,
                'description' => $line->description, 'amount' => Money::text($line->amount),
                'taxed' => $line->taxed ? 1 : 0, 'duedate' => $new->dueDate ?: Clock::today(),
                'paymentmethod' => $method, 'notes' => '',
            ]);
        }
        return $id;
    }

    /** Automatic use puts all available credit on the invoice (whmcs.md §2.4); never on a deposit or a mass payment (§2.3). */
    private static function automaticCredit(int $id, bool $wanted, string $moment): void
    {
        if (!$wanted || Switches::get('auto_credit_moment') !== $moment) {
            return;
        }
        if (Invoices::hasLineOfType($id, 'AddFunds', 'Invoice')) {
            return;
        }
        $amount = min(Credit::balance(Invoices::find($id)->userid), Invoices::openBalance($id));
        if ($amount > 0) {
            CreditApplication::move($id, $amount);
        }
    }

    private static function settleIfCovered(int $id): void
    {
        if (self::status($id) === 'Unpaid' && Invoices::openBalance($id) <= 0) {
            PaidInvoice::process($id, false);
        }
    }

    private static function overwrite(\stdClass $before): void
    {
        Db::table('tblinvoices')->where('id', $before->id)->update([
            'subtotal' => $before->subtotal, 'credit' => $before->credit, 'tax' => $before->tax,
            'tax2' => $before->tax2, 'total' => $before->total,
            'status' => $before->status === 'Draft' ? 'Unpaid' : $before->status,
        ]);
    }

    private static function status(int $id): string
    {
        return (string) Db::table('tblinvoices')->where('id', $id)->value('status');
    }
}
