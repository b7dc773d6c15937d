<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Billing\Capture;
use StandIn\Billing\Credit;
use StandIn\Billing\CreditApplication;
use StandIn\Billing\InvoiceCreation;
use StandIn\Billing\InvoiceLines;
use StandIn\Billing\Invoices;
use StandIn\Billing\InvoiceStatus;
use StandIn\Billing\LateFee;
use StandIn\Billing\Ledger;
use StandIn\Billing\Payment;
use StandIn\Billing\Refund;
use StandIn\Billing\Reversal;
use StandIn\Mail\Mailer;
use StandIn\Platform\Activity;
use StandIn\Platform\Currency;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Operation;
use StandIn\Platform\RolledBack;
use StandIn\Web\Flash;
use StandIn\Web\Html;
use StandIn\Web\Redirect;
use StandIn\Web\Token;
use stdClass;

/** One invoice for staff: status, payment, credit, refund, the addon output of AdminInvoicesControlsOutput (whmcs.md §2.4–2.8, §4.6). */
final class InvoiceEditPage
{
    public static function handle(int $invoiceId): void
    {
        $adminId = Admin::demand('Manage Invoice');
        $invoice = Invoices::find($invoiceId) ?? Redirect::to('/admin/invoices.php');
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            check_token('WHMCS.admin.default');
            try {
                Operation::run(static fn () => self::act($invoice, (string) ($_POST['do'] ?? ''), $adminId));
                Flash::set('success', 'Done.');
            } catch (RolledBack $rolledBack) {
                Flash::set('warning', $rolledBack->getMessage());
            } catch (Refused $refused) {
                Flash::set('danger', $refused->getMessage());
            }
            Redirect::to("/admin/invoices.php?action=edit&id=$invoiceId");
        }
        AdminPage::show("Invoice #$invoiceId", self::body($invoice));
    }

    private static function act(stdClass $invoice, string $act, int $adminId): void
    {
        $id = (int) $invoice->id;
        $text = (string) ($_POST['amount'] ?? '');
        $amount = Money::isAmount($text) ? Money::parse($text) : 0;
        match ($act) {
            'markpaid' => InvoiceStatus::markPaid($id),
            'markunpaid' => InvoiceStatus::markUnpaid($id),
            'cancel' => InvoiceStatus::cancel($id),
            'publish' => InvoiceCreation::finalise($id, 'adminarea', $adminId, true, false),
            'addpayment' => self::addPayment($id, $amount),
            'addcredit' => self::addCredit($invoice, $amount),
            'removecredit' => self::removeCredit($invoice, $amount),
            'capture' => Capture::attempt($id) ? null : throw new Refused('Payment Attempt Failed'),
            'refund' => self::refund($amount),
            'deletetransaction' => self::deleteTransaction(self::editable($invoice)),
            'reminder' => Mailer::send('Invoice Payment Reminder', $id),
            'addline' => InvoiceLines::add(self::editable($invoice), (string) ($_POST['description'] ?? ''), $amount),
            'deleteline' => InvoiceLines::delete(self::editable($invoice), (int) ($_POST['line'] ?? 0)),
            'cancellines' => self::cancelLines($invoice),
            'latefee' => LateFee::add($id, self::positive($amount)),
            default => throw new Refused('Nothing to do.'),
        };
    }

    /** WHMCS 9 refuses, in words that are not recorded (whmcs.md §0). */
    private static function editable(stdClass $invoice): stdClass
    {
        if (Ledger::isImmutable($invoice)) {
            throw new Refused('This invoice has been published and cannot be modified.');
        }
        return $invoice;
    }

    private static function positive(int $amount): int
    {
        return $amount > 0 ? $amount : throw new Refused('Enter an amount greater than zero.');
    }

    private static function cancelLines(stdClass $invoice): void
    {
        if (!Ledger::isNine() || $invoice->status !== 'Unpaid') {
            throw new Refused('Line items of this invoice cannot be cancelled.');
        }
        InvoiceStatus::cancelLines((int) $invoice->id, [(int) ($_POST['line'] ?? 0)]);
    }

    private static function addPayment(int $invoiceId, int $amount): void
    {
        self::positive($amount);
        $transId = (string) ($_POST['transid'] ?? '') ?: 'ADMIN' . strtoupper(bin2hex(random_bytes(4)));
        Payment::add($invoiceId, $transId, (string) ($_POST['gateway'] ?? 'banktransfer'), $amount);
    }

    private static function addCredit(stdClass $invoice, int $amount): void
    {
        $limit = min(Credit::balance((int) $invoice->userid), Invoices::openBalance((int) $invoice->id));
        if ($invoice->status !== 'Unpaid' || $amount <= 0 || $amount > $limit) {
            throw new Refused('You cannot apply more credit than the client has or the invoice needs.');
        }
        CreditApplication::apply((int) $invoice->id, $amount);
    }

    /** Does not undo automation or the status (whmcs.md §2.4). */
    private static function removeCredit(stdClass $invoice, int $amount): void
    {
        if ($amount <= 0 || $amount > CreditApplication::applied($invoice)) {
            throw new Refused('You cannot remove more credit than was applied.');
        }
        CreditApplication::move((int) $invoice->id, -$amount);
    }

    private static function refund(int $amount): void
    {
        self::positive($amount);
        $payment = (int) ($_POST['payment'] ?? 0);
        isset($_POST['reverse'])
            ? Reversal::make($payment, $amount, 'REV' . strtoupper(bin2hex(random_bytes(4))))
            : Refund::give($payment, $amount, (string) ($_POST['refundtype'] ?? 'manual'));
    }

    /** The row goes, status and credit stay as they are. */
    private static function deleteTransaction(stdClass $invoice): void
    {
        $payment = (int) ($_POST['payment'] ?? 0);
        Db::table('tblaccounts')->where('invoiceid', $invoice->id)->where('id', $payment)->delete();
        Activity::log("Deleted Transaction - Transaction ID: $payment", (int) $invoice->userid);
    }

    private static function body(stdClass $invoice): string
    {
        $id = (int) $invoice->id;
        $client = Db::table('tblclients')->where('id', $invoice->userid)->first();
        $money = static fn (mixed $amount): string => Html::money((string) $amount, (int) $client->currency);
        $open = Money::text(Invoices::openBalance($id));
        $controls = run_hook('AdminInvoicesControlsOutput', [
            'invoiceid' => $id, 'userid' => (int) $invoice->userid, 'subtotal' => $invoice->subtotal, 'tax' => $invoice->tax,
            'tax2' => $invoice->tax2, 'credit' => $invoice->credit, 'total' => $invoice->total, 'balance' => $open,
            'taxrate' => $invoice->taxrate, 'taxrate2' => $invoice->taxrate2, 'paymentmethod' => $invoice->paymentmethod,
        ]);
        $lines = array_map(static fn (object $line): array
            => [Html::text($line->type), Html::text($line->description), $money($line->amount), self::lineForm((int) $line->id)], Invoices::lines($id));
        return '<div class="row"><div class="col-sm-6"><dl class="dl-horizontal"><dt>Client</dt><dd><a href="/admin/clientssummary.php?userid='
            . "$invoice->userid\">" . Html::text("$client->firstname $client->lastname") . '</a></dd><dt>Invoice Date</dt><dd>'
            . Html::date($invoice->date) . '</dd><dt>Due Date</dt><dd>' . Html::date($invoice->duedate) . '</dd><dt>Status</dt><dd id="status">'
            . Html::label((string) $invoice->status) . '</dd><dt>Sub Total</dt><dd>' . $money($invoice->subtotal) . '</dd><dt>Tax</dt><dd>'
            . $money($invoice->tax) . '</dd><dt>Credit</dt><dd id="credit">' . $money($invoice->credit) . '</dd><dt>Total Due</dt><dd id="total">'
            . $money($invoice->total) . '</dd><dt>Balance</dt><dd id="balance"><strong>' . $money($open) . '</strong></dd></dl></div>'
            . '<div class="col-sm-6">' . self::controls($client) . self::output(array_filter($controls, 'is_string')) . '</div></div>'
            . '<h3>Invoice Items</h3>' . Html::table(['Type', 'Description', 'Amount', ''], $lines) . self::newLine()
            . '<h3>' . (Ledger::isNine() ? 'Ledger' : 'Transactions') . '</h3>' . self::transactions($id, (int) $client->currency);
    }

    /** On 9.x the addon's output is inside the Options tab (whmcs.md §4.6). @param array<string> $controls */
    private static function output(array $controls): string
    {
        $html = implode("\n", $controls);
        return Ledger::isNine() ? "<details id=\"tabOptions\"><summary>Options</summary>$html</details>" : $html;
    }

    private static function lineForm(int $lineId): string
    {
        $cancel = Ledger::isNine() ? ' <button class="btn btn-default btn-sm" type="submit" name="do" value="cancellines">Cancel</button>' : '';
        return '<form method="post" class="form-inline">' . Token::field() . "<input type=\"hidden\" name=\"line\" value=\"$lineId\">"
            . "<button class=\"btn btn-default btn-sm\" type=\"submit\" name=\"do\" value=\"deleteline\">Delete</button>$cancel</form>";
    }

    private static function newLine(): string
    {
        return '<form method="post" class="form-inline">' . Token::field() . '<strong>Line</strong> '
            . '<input class="form-control input-sm" name="description" placeholder="Description"> '
            . '<input class="form-control input-sm input-amount" name="amount" placeholder="Amount"> '
            . '<button class="btn btn-default btn-sm" type="submit" name="do" value="addline">Add Line</button> '
            . '<button class="btn btn-default btn-sm" type="submit" name="do" value="latefee">Add Late Fee</button></form>';
    }

    private static function controls(stdClass $client): string
    {
        $buttons = [
            'publish' => 'Publish', 'markpaid' => 'Mark Paid', 'markunpaid' => 'Mark Unpaid', 'cancel' => 'Mark Cancelled',
            'capture' => 'Attempt Capture', 'reminder' => 'Send Reminder',
        ];
        $html = '<form method="post" class="btn-toolbar">' . Token::field();
        foreach ($buttons as $act => $label) {
            $html .= "<button class=\"btn btn-default btn-sm\" type=\"submit\" name=\"do\" value=\"$act\">$label</button>";
        }
        $gateways = Db::table('tblpaymentgateways')->where('setting', 'name')->pluck('value', 'gateway')->all();
        $balance = Currency::format(Money::parse($client->credit), (int) $client->currency);
        return $html . '</form><hr><form method="post" class="form-inline">' . Token::field()
            . '<strong>Add Payment</strong> <input class="form-control input-sm input-amount" name="amount" placeholder="Amount"> '
            . '<input class="form-control input-sm" name="transid" placeholder="Transaction ID"> ' . Html::select('gateway', $gateways, 'banktransfer')
            . ' <button class="btn btn-primary btn-sm" type="submit" name="do" value="addpayment">Add Payment</button></form>'
            . '<form method="post" class="form-inline">' . Token::field() . '<strong>Credit</strong> (available ' . Html::text($balance)
            . ') <input class="form-control input-sm input-amount" name="amount" placeholder="Amount"> '
            . '<button class="btn btn-success btn-sm" type="submit" name="do" value="addcredit">Apply</button> '
            . '<button class="btn btn-danger btn-sm" type="submit" name="do" value="removecredit">Remove</button></form>';
    }

    private static function transactions(int $invoiceId, int $currency): string
    {
        $rows = [];
        foreach (Db::table('tblaccounts')->where('invoiceid', $invoiceId)->orderBy('id')->get() as $row) {
            $amount = Money::parse($row->amountin) - Money::parse($row->amountout);
            $noteId = (int) ($row->billingnoteid ?? 0);
            if ($noteId > 0) {
                $kind = $amount >= 0 ? 'credit' : 'debit';
                $link = "<a href=\"/admin/billing/billingnote/$kind/$noteId\">" . ucfirst($kind) . " Note #$noteId</a>";
                $rows[] = [Html::date($row->date), $link, Html::text($row->description), Html::money(Money::text($amount), $currency), ''];
                continue;
            }
            $form = '<form method="post" class="form-inline">' . Token::field() . "<input type=\"hidden\" name=\"payment\" value=\"$row->id\">";
            $delete = "$form<button class=\"btn btn-default btn-sm\" type=\"submit\" name=\"do\" value=\"deletetransaction\">Delete</button></form>";
            $refund = $amount <= 0 ? $delete : $form . "<input class=\"form-control input-sm input-amount\" name=\"amount\" value=\""
                . Money::text($amount) . '"> '
                . Html::select('refundtype', ['manual' => 'Manual refund', 'gateway' => 'Refund through gateway', 'credit' => 'Add to client\'s credit'], 'manual')
                . ' <label><input type="checkbox" name="reverse" value="1"> Reverse Payment</label>'
                . " <button class=\"btn btn-default btn-sm\" type=\"submit\" name=\"do\" value=\"refund\">Refund</button></form>$delete";
            $rows[] = [
                Html::date($row->date), Html::text($row->gateway), Html::text($row->transid),
                Html::money(Money::text($amount), $currency), $refund,
            ];
        }
        return Html::table(['Date', 'Gateway / Type', 'Reference', 'Amount', 'Refund'], $rows);
    }
}
