<?php

declare(strict_types=1);

namespace StandIn\Web\ClientArea;

use StandIn\Billing\BillingCycle;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Web\ClientPage;

/** The products by group, with the prices in the client's currency; a price of -1.00 is not offered (whmcs.md §5). */
final class StorePage
{
    public static function handle(int $clientId): void
    {
        $currency = (int) getCurrency($clientId)['id'];
        $groups = [];
        foreach (Db::table('tblproductgroups')->where('hidden', 0)->orderBy('order')->get() as $group) {
            $groups[] = ['name' => $group->name, 'products' => self::products((int) $group->id, $currency)];
        }
        ClientPage::show('products', 'Store', ['groups' => $groups], 'ClientAreaPageCart');
    }

    /** @return list<array<string, mixed>> */
    private static function products(int $groupId, int $currency): array
    {
        $products = [];
        $rows = Db::table('tblproducts')->where('gid', $groupId)->where('hidden', 0)->where('retired', 0)->orderBy('order')->get();
        foreach ($rows as $row) {
            $pricing = Db::table('tblpricing')->where('type', 'product')->where('relid', $row->id)
                ->where('currency', $currency)->first();
            $cycles = [];
            foreach (BillingCycle::columns() as $cycle => $column) {
                if ($pricing !== null && Money::parse($pricing->$column) >= 0) {
                    $cycles[$cycle] = formatCurrency($pricing->$column, $currency);
                }
            }
            $products[] = ['id' => (int) $row->id, 'name' => $row->name, 'description' => $row->description, 'cycles' => $cycles];
        }
        return $products;
    }
}
