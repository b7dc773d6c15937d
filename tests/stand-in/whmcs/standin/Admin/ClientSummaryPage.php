<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Billing\ClientRemoval;
use StandIn\Billing\Deposits;
use StandIn\Billing\Invoices;
use StandIn\Platform\Currency;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Operation;
use StandIn\Web\Html;
use StandIn\Web\Redirect;
use StandIn\Web\Token;
use stdClass;

/** The Summary tab: figures, Manage Credits, Create Add Funds Invoice, services, credit log, addon output (whmcs.md §2.3, §2.5, §4.6). */
final class ClientSummaryPage
{
    public static function handle(int $clientId): void
    {
        Admin::demand('View Clients Summary');
        $client = ClientTabs::client($clientId);
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            check_token('WHMCS.admin.default');
            self::post($clientId);
        }
        $links = [];
        foreach (run_hook('AdminAreaClientSummaryActionLinks', ['userid' => $clientId]) as $result) {
            array_push($links, ...array_filter((array) $result, 'is_string'));
        }
        $html = ClientTabs::render($client, 'clientssummary')
            . implode("\n", array_filter(run_hook('AdminAreaClientSummaryPage', ['userid' => $clientId]), 'is_string'))
            . '<div class="row"><div class="col-sm-4">' . self::profile($client) . '</div><div class="col-sm-4">'
            . self::billing($client) . '</div><div class="col-sm-4">' . self::actions($client, $links) . '</div></div>'
            . '<h3>Products/Services</h3>' . self::services($client) . '<h3>Credit Log</h3>' . self::creditLog($client);
        AdminPage::show(ClientTabs::title($client), $html);
    }

    private static function post(int $clientId): never
    {
        $do = (string) ($_POST['do'] ?? '');
        if ($do === 'delete') {
            Operation::run(static fn () => ClientRemoval::delete($clientId));
            Redirect::to('/admin/clients.php');
        }
        if ($do === 'merge') {
            $into = (int) ClientTabs::client((int) ($_POST['into'] ?? 0))->id;
            if ($into !== $clientId) {
                Operation::run(static fn () => ClientRemoval::merge($clientId, $into));
            }
            Redirect::to("/admin/clientssummary.php?userid=$into");
        }
        self::createAddFundsInvoice($clientId);
    }

    private static function createAddFundsInvoice(int $clientId): never
    {
        $amount = (string) ($_POST['amount'] ?? '');
        if (!Money::isAmount($amount) || Money::parse($amount) <= 0) {
            Redirect::to("/admin/clientssummary.php?userid=$clientId");
        }
        $id = Operation::run(static fn (): int => Deposits::createInvoice($clientId, Money::parse($amount), '', true));
        Redirect::to("/admin/invoices.php?action=edit&id=$id");
    }

    private static function panel(string $title, string $body): string
    {
        return '<div class="panel panel-default"><div class="panel-heading"><h3 class="panel-title">' . $title
            . "</h3></div><div class=\"panel-body\">$body</div></div>";
    }

    private static function profile(stdClass $client): string
    {
        $group = Db::table('tblclientgroups')->where('id', $client->groupid)->value('groupname') ?? 'None';
        $rows = [
            'Name' => "$client->firstname $client->lastname", 'Company' => $client->companyname, 'Email' => $client->email,
            'Group' => $group, 'Currency' => Currency::byId((int) $client->currency)['code'],
        ];
        $html = '<dl class="dl-horizontal">';
        foreach ($rows as $label => $value) {
            $html .= "<dt>$label</dt><dd>" . Html::text($value) . '</dd>';
        }
        return self::panel('Clients Information', "$html<dt>Status</dt><dd>" . Html::label((string) $client->status) . '</dd></dl>');
    }

    private static function billing(stdClass $client): string
    {
        $html = '<dl class="dl-horizontal">';
        foreach (['Paid', 'Unpaid', 'Draft', 'Cancelled', 'Refunded'] as $status) {
            $rows = Db::table('tblinvoices')->where('userid', $client->id)->where('status', $status)->get(['id', 'total']);
            $sum = $rows->sum(static fn (object $row): int
                => $status === 'Unpaid' ? max(0, Invoices::openBalance((int) $row->id)) : Money::parse($row->total));
            $html .= "<dt>$status</dt><dd>{$rows->count()} (" . Html::money(Money::text((int) $sum), (int) $client->currency) . ')</dd>';
        }
        $html .= '<dt>Credit Balance</dt><dd><strong id="creditbalance">'
            . Html::money((string) $client->credit, (int) $client->currency) . '</strong></dd></dl>';
        return self::panel('Invoices/Billing', $html);
    }

    /** @param list<string> $links HTML of addons. */
    private static function actions(stdClass $client, array $links): string
    {
        $extra = implode('', array_map(static fn (string $link): string => "<li>$link</li>", $links));
        return self::panel('Other Actions', "<ul class=\"list-unstyled\"><li><a href=\"/admin/clientscredits.php?userid=$client->id\" "
            . "id=\"managecredits\">Manage Credits</a></li>$extra</ul>"
            . '<form class="form-inline" method="post">' . Token::field() . '<input class="form-control input-sm input-amount" name="amount" '
            . 'placeholder="50.00"> <button class="btn btn-default btn-sm" type="submit">Create Add Funds Invoice</button></form>'
            . '<form method="post" action="/admin/dologin.php">' . Token::field()
            . "<input type=\"hidden\" name=\"userid\" value=\"$client->id\"><button class=\"btn btn-default btn-sm\" type=\"submit\">Login as Owner</button></form>"
            . '<form method="post" class="form-inline">' . Token::field() . '<input class="form-control input-sm" name="into" placeholder="Client id"> '
            . '<button class="btn btn-default btn-sm" type="submit" name="do" value="merge">Merge into</button></form>'
            . '<form method="post">' . Token::field()
            . '<button class="btn btn-danger btn-sm" type="submit" name="do" value="delete">Delete Clients Account</button></form>');
    }

    private static function services(stdClass $client): string
    {
        $rows = Db::table('tblhosting')->leftJoin('tblproducts', 'tblproducts.id', '=', 'tblhosting.packageid')
            ->where('userid', $client->id)->get(['tblhosting.*', 'tblproducts.name'])
            ->map(static fn (object $row): array => [
                (string) (int) $row->id, Html::text($row->name) . ' - ' . Html::text($row->domain),
                Html::money((string) $row->amount, (int) $client->currency), Html::text($row->billingcycle),
                Html::date($row->nextduedate), Html::label((string) $row->domainstatus),
                "<a href=\"/admin/clientsupgrade.php?id=$row->id\">Upgrade/Downgrade</a>",
            ])->all();
        return Html::table(['ID', 'Product/Service', 'Amount', 'Billing Cycle', 'Next Due Date', 'Status', ''], array_values($rows));
    }

    private static function creditLog(stdClass $client): string
    {
        $rows = Db::table('tblcredit')->where('clientid', $client->id)->orderByDesc('id')->limit(25)->get()
            ->map(static fn (object $row): array => [
                (string) (int) $row->id, Html::date($row->date), Html::text($row->description),
                Html::money((string) $row->amount, (int) $client->currency), (string) (int) $row->admin_id,
            ])->all();
        return Html::table(['ID', 'Date', 'Description', 'Amount', 'Admin'], array_values($rows));
    }
}
