<?php

declare(strict_types=1);

namespace StandIn\Admin;

use StandIn\Billing\BillingCycle;
use StandIn\Billing\Downgrade;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Platform\Operation;
use StandIn\Web\Flash;
use StandIn\Web\Html;
use StandIn\Web\Redirect;
use StandIn\Web\Token;
use stdClass;

/** Upgrade/Downgrade of a service by staff; here only to less, which is what makes credit (whmcs.md §2.5). */
final class UpgradePage
{
    public static function handle(int $serviceId): void
    {
        Admin::demand('Edit Clients Details');
        $service = Db::table('tblhosting')->where('id', $serviceId)->first();
        if ($service === null || BillingCycle::months((string) $service->billingcycle) === 0) {
            Redirect::to('/admin/clients.php');
        }
        $choices = self::cheaper($service);
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            check_token('WHMCS.admin.default');
            $product = (int) ($_POST['pid'] ?? 0);
            if (!isset($choices[$product])) {
                Flash::set('danger', 'Choose a product that costs less for the rest of the term.');
                Redirect::to("/admin/clientsupgrade.php?id=$serviceId");
            }
            Operation::run(static fn () => Downgrade::make($service, $product));
            Flash::set('success', 'Upgrade/Downgrade completed.');
            Redirect::to("/admin/clientssummary.php?userid=$service->userid");
        }
        AdminPage::show("Upgrade/Downgrade of service $serviceId", $choices === []
            ? '<p>No product costs less for the rest of the term.</p>'
            : '<form method="post" class="form-inline">' . Token::field() . Html::select('pid', $choices, (string) array_key_first($choices))
                . ' <button class="btn btn-primary" type="submit">Downgrade</button></form>');
    }

    /** @return array<int, string> Products in this cycle that give something back. */
    private static function cheaper(stdClass $service): array
    {
        $column = BillingCycle::columns()[(string) $service->billingcycle];
        $products = Db::table('tblproducts')->join('tblpricing', 'tblpricing.relid', '=', 'tblproducts.id')
            ->join('tblclients', 'tblclients.currency', '=', 'tblpricing.currency')->where('tblclients.id', $service->userid)
            ->where('tblpricing.type', 'product')->where($column, '>=', 0)->orderBy('tblproducts.id')->pluck('name', 'tblproducts.id');
        $choices = [];
        foreach ($products as $id => $name) {
            $credit = Downgrade::quote($service, (int) $id)['credit'];
            if ($credit > 0) {
                $choices[(int) $id] = "$name (credit " . Money::text($credit) . ')';
            }
        }
        return $choices;
    }
}
