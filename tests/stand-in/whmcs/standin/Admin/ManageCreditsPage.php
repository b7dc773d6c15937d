<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Billing\Credit;
use StandIn\Billing\CreditLog;
use StandIn\Platform\Activity;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Web\Flash;
use StandIn\Web\Html;
use StandIn\Web\Redirect;
use StandIn\Web\Token;

/** Adds or removes credit with a description; no transaction row and no hook (whmcs.md §2.5, §4.2). */
final class ManageCreditsPage
{
    public static function handle(int $clientId): void
    {
        $adminId = Admin::demand('Manage Credits');
        $client = ClientTabs::client($clientId);
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            check_token('WHMCS.admin.default');
            self::post($clientId, $adminId);
            Redirect::to("/admin/clientscredits.php?userid=$clientId");
        }
        $form = '<form method="post">' . Token::field()
            . '<div class="form-group"><label>Type</label>' . Html::select('type', ['add' => 'Add Credit', 'remove' => 'Remove Credit'], 'add')
            . '</div><div class="form-group"><label>Description</label><textarea class="form-control" name="description"></textarea></div>'
            . '<div class="form-group"><label>Amount</label><input class="form-control" name="amount" required></div>'
            . '<button class="btn btn-primary" type="submit">Save Changes</button> '
            . "<a class=\"btn btn-default\" href=\"/admin/clientssummary.php?userid=$clientId\">Close Window</a></form>";
        $balance = Html::money((string) $client->credit, (int) $client->currency);
        $form .= self::log($clientId);
        AdminPage::popup('Manage Credits', '<p>Client: <strong>' . Html::text(ClientTabs::title($client))
            . "</strong><br>Credit balance: <strong id=\"creditbalance\">$balance</strong></p>$form");
    }

    /** Rows can be changed and removed afterwards; nothing holds log and balance together (whmcs.md §2.1). */
    private static function log(int $clientId): string
    {
        $html = '<h3>Credit Log</h3>';
        foreach (Db::table('tblcredit')->where('clientid', $clientId)->orderByDesc('id')->limit(25)->get() as $row) {
            $html .= '<form method="post" class="form-inline">' . Token::field() . "<input type=\"hidden\" name=\"row\" value=\"$row->id\">"
                . Html::date($row->date) . ' <input class="form-control input-sm" name="description" value="' . Html::text($row->description) . '"> '
                . "<input class=\"form-control input-sm input-amount\" name=\"amount\" value=\"$row->amount\"> "
                . '<button class="btn btn-default btn-sm" type="submit" name="do" value="edit">Edit</button> '
                . '<button class="btn btn-danger btn-sm" type="submit" name="do" value="delete">Delete</button></form>';
        }
        return $html;
    }

    private static function post(int $clientId, int $adminId): void
    {
        $amount = (string) ($_POST['amount'] ?? '');
        $do = (string) ($_POST['do'] ?? '');
        if ($do === 'delete') {
            CreditLog::delete($clientId, (int) ($_POST['row'] ?? 0));
            Flash::set('success', 'Changes saved.');
            return;
        }
        if ($do === 'edit' && Money::isAmount($amount)) {
            CreditLog::edit($clientId, (int) ($_POST['row'] ?? 0), Money::parse($amount), (string) ($_POST['description'] ?? ''));
            Flash::set('success', 'Changes saved.');
            return;
        }
        if (!Money::isAmount($amount) || Money::parse($amount) <= 0) {
            Flash::set('danger', 'Enter an amount greater than zero.');
            return;
        }
        $sign = ($_POST['type'] ?? 'add') === 'remove' ? -1 : 1;
        Credit::change($clientId, $sign * Money::parse($amount), (string) ($_POST['description'] ?? ''), null, $adminId);
        Activity::log(($sign < 0 ? 'Removed' : 'Added') . " Credit - User ID: $clientId - Amount: $amount", $clientId);
        Flash::set('success', 'Changes saved.');
    }
}
