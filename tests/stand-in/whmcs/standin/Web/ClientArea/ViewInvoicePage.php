<?php

declare(strict_types=1);

namespace StandIn\Web\ClientArea;

use StandIn\Billing\Credit;
use StandIn\Billing\CreditApplication;
use StandIn\Billing\Invoices;
use StandIn\Billing\Ledger;
use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Operation;
use StandIn\Platform\RolledBack;
use StandIn\Platform\Settings;
use StandIn\Platform\Switches;
use StandIn\Web\ClientPage;
use StandIn\Web\Flash;
use StandIn\Web\Gateways;
use StandIn\Web\Redirect;
use stdClass;

/** viewinvoice.php (whmcs.md §2.4 "Client on an unpaid invoice", §4.6): lines, payments, the apply-credit form, payment. */
final class ViewInvoicePage
{
    public static function handle(int $clientId, int $invoiceId): void
    {
        $invoice = Invoices::find($invoiceId);
        if ($invoice === null || (int) $invoice->userid !== $clientId || $invoice->status === 'Draft') {
            http_response_code(404);
            ClientPage::show('denied', 'Invoice Not Found', ['permission' => '']);
            return;
        }
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            check_token('WHMCS.default');
            isset($_POST['applycredit']) ? self::applyCredit($invoice) : self::changeGateway($invoice);
            Redirect::to("/viewinvoice.php?id=$invoiceId");
        }
        run_hook('ViewInvoiceDetailsPage', ['invoiceid' => $invoiceId]);
        ClientPage::showAlone('viewinvoice', "Invoice #$invoiceId", self::variables($invoice), 'ClientAreaPageViewInvoice');
    }

    /** Core handles the post whatever a hook said about the form (whmcs.md §4.6). */
    private static function applyCredit(stdClass $invoice): void
    {
        $amount = (string) ($_POST['creditamount'] ?? '');
        $hundredths = Money::isAmount($amount) ? Money::parse($amount) : 0;
        $open = Invoices::openBalance((int) $invoice->id);
        $limit = min(Credit::balance((int) $invoice->userid), $open);
        if ($invoice->status !== 'Unpaid' || !self::mayTakeCredit($invoice) || $hundredths <= 0 || $hundredths > $limit) {
            Flash::set('danger', 'You cannot apply that amount of credit.');
            return;
        }
        try {
            Operation::run(static fn (): bool => CreditApplication::apply((int) $invoice->id, $hundredths));
            Flash::set('success', 'Credit applied.');
        } catch (RolledBack $rolledBack) {
            Flash::set('warning', $rolledBack->getMessage());
        }
    }

    private static function changeGateway(stdClass $invoice): void
    {
        $method = Gateways::choose((string) ($_POST['gateway'] ?? ''));
        if (!Settings::isOn('AllowCustomerChangeInvoiceGateway') || $invoice->status !== 'Unpaid') {
            return;
        }
        Db::table('tblinvoices')->where('id', $invoice->id)->update(['paymentmethod' => $method]);
        run_hook('InvoiceChangeGateway', ['invoiceid' => (int) $invoice->id, 'paymentmethod' => $method]);
    }

    private static function mayTakeCredit(stdClass $invoice): bool
    {
        return Switches::get('credit_on_deposit_invoices') === 'allowed'
            || !Invoices::hasLineOfType((int) $invoice->id, 'AddFunds', 'Invoice');
    }

    /** @return array<string, mixed> */
    private static function variables(stdClass $invoice): array
    {
        $id = (int) $invoice->id;
        $currency = (int) getCurrency($invoice->userid)['id'];
        $price = static fn (int $hundredths): object => formatCurrency(Money::text($hundredths), $currency);
        $open = max(0, Invoices::openBalance($id));
        $credit = Credit::balance((int) $invoice->userid);
        $client = Db::table('tblclients')->where('id', $invoice->userid)->first();
        $isNine = Ledger::isNine();
        return [
            'invoiceid' => $id, 'status' => $invoice->status, 'date' => $invoice->date, 'duedate' => $invoice->duedate,
            'datepaid' => $invoice->datepaid, 'clientsdetails' => (array) $client, 'isNine' => $isNine,
            'isOverdue' => $invoice->status === 'Unpaid' && (string) $invoice->duedate < Clock::today(),
            'invoiceitems' => array_map(static fn (object $line): array => [
                'type' => $line->type, 'description' => $line->description, 'amount' => $price(Money::parse($line->amount)),
            ], Invoices::lines($id)),
            'subtotal' => $price(Money::parse($invoice->subtotal)), 'credit' => $price(Money::parse($invoice->credit)),
            'hascredit' => Money::parse($invoice->credit) !== 0, 'tax' => $price(Money::parse($invoice->tax)),
            'hastax' => Money::parse($invoice->tax) !== 0, 'taxrate' => (float) $invoice->taxrate,
            'total' => $price(Money::parse($invoice->total)), 'invoiceamount' => $price(Money::parse($invoice->total)),
            'balance' => $price($open), 'ledger' => self::ledger($id, $price),
            'manualapplycredit' => $invoice->status === 'Unpaid' && $credit > 0 && $open > 0 && self::mayTakeCredit($invoice),
            'creditamount' => Money::text(min($credit, $open)), 'totalcredit' => $price($credit),
            'gateways' => Gateways::visible(), 'paymentmethod' => $invoice->paymentmethod,
            // The templates print notes as HTML.
            'notes' => nl2br(htmlspecialchars((string) $invoice->notes)),
            'payable' => $invoice->status === 'Unpaid' && $open > 0, 'customAlert' => null,
        ];
    }

    /** Payments, and on 9.x notes beside them (whmcs.md §0). @return list<array<string, mixed>> */
    private static function ledger(int $invoiceId, callable $price): array
    {
        $rows = [];
        foreach (Db::table('tblaccounts')->where('invoiceid', $invoiceId)->orderBy('id')->get() as $row) {
            $amount = Money::parse($row->amountin) - Money::parse($row->amountout);
            $rows[] = ['date' => $row->date, 'gateway' => $row->gateway, 'amount' => $price($amount)]
                + self::reference($row, $amount >= 0);
        }
        return $rows;
    }

    /** What kind of row it is, as the templates of 9.x tell it (whmcs.md §0). @return array<string, mixed> */
    private static function reference(stdClass $row, bool $isIn): array
    {
        $noteId = (int) ($row->billingnoteid ?? 0);
        $kind = $isIn ? 'credit' : 'debit';
        return [
            'isCreditNote' => $noteId > 0 && $isIn, 'isDebitNote' => $noteId > 0 && !$isIn,
            'typeLabel' => $noteId > 0 ? ucfirst($kind) . ' Note' : ($isIn ? 'Payment' : 'Refund'),
            'referenceId' => $noteId > 0 ? "#$noteId" : $row->transid,
            'referenceHref' => $noteId > 0 ? "/index.php/billing/$kind/$noteId" : '',
        ];
    }
}
