<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Platform\Clock;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Web\Flash;
use StandIn\Web\Html;
use StandIn\Web\Redirect;
use StandIn\Web\Token;
use stdClass;

/**
 * Status, group, currency, balance and flags; fires ClientEdit and ClientClose (whmcs.md §4.5). A new currency converts nothing (§1.3);
 * the balance is overwritten without a row in the log, as older versions let admins do (§2.1).
 */
final class ClientProfilePage
{
    private const FLAGS = [
        'taxexempt' => 'Tax Exempt', 'latefeeoveride' => 'No Late Fees', 'overideduenotices' => 'No Overdue Notices',
        'separateinvoices' => 'Separate Invoices', 'disableautocc' => 'Disable CC Processing',
    ];

    public static function handle(int $clientId): void
    {
        Admin::demand('Edit Clients Details');
        $client = ClientTabs::client($clientId);
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            check_token('WHMCS.admin.default');
            self::post($client);
            Redirect::to("/admin/clientsprofile.php?userid=$clientId");
        }
        $options = static fn (string $table, string $label): array => Db::table($table)->pluck($label, 'id')->all();
        $field = static fn (string $label, string $html): string
            => "<div class=\"form-group\"><label>$label</label>$html</div>";
        $html = ClientTabs::render($client, 'clientsprofile') . '<form method="post" class="well">' . Token::field()
            . $field('Status', Html::select('status', array_combine(['Active', 'Inactive', 'Closed'], ['Active', 'Inactive', 'Closed']), (string) $client->status))
            . $field('Client Group', Html::select('groupid', [0 => 'None'] + $options('tblclientgroups', 'groupname'), (string) $client->groupid))
            . $field('Currency', Html::select('currency', $options('tblcurrencies', 'code'), (string) $client->currency))
            . $field('Credit Balance', '<input class="form-control" name="credit" value="' . Html::text((string) $client->credit) . '">');
        foreach (self::FLAGS as $flag => $label) {
            $checked = (int) $client->$flag === 1 ? ' checked' : '';
            $html .= "<label class=\"checkbox\"><input type=\"checkbox\" name=\"$flag\" value=\"1\"$checked> $label</label>";
        }
        AdminPage::show(ClientTabs::title($client), "$html<button class=\"btn btn-primary\" type=\"submit\">Save Changes</button></form>");
    }

    private static function post(stdClass $client): void
    {
        $changes = [
            'status' => (string) ($_POST['status'] ?? 'Active'), 'groupid' => (int) ($_POST['groupid'] ?? 0),
            'currency' => (int) ($_POST['currency'] ?? 1), 'updated_at' => Clock::now(),
        ];
        foreach (array_keys(self::FLAGS) as $flag) {
            $changes[$flag] = isset($_POST[$flag]) ? 1 : 0;
        }
        $credit = (string) ($_POST['credit'] ?? '');
        if (Money::isAmount($credit) && Money::parse($credit) !== Money::parse($client->credit)) {
            $changes['credit'] = $credit;
        }
        Db::table('tblclients')->where('id', $client->id)->update($changes);
        run_hook('ClientEdit', [
            'userid' => (int) $client->id, 'uuid' => $client->uuid, 'currency' => $changes['currency'],
            'status' => $changes['status'], 'groupid' => $changes['groupid'], 'olddata' => (array) $client,
        ] + array_intersect_key($changes, self::FLAGS));
        if ($changes['status'] === 'Closed' && $client->status !== 'Closed') {
            run_hook('ClientClose', ['userid' => (int) $client->id]);
        }
        Flash::set('success', 'Changes saved successfully.');
    }
}
