<?php

declare(strict_types=1);

namespace StandIn\Web\ClientArea;

use StandIn\Billing\Credit;
use StandIn\Billing\Invoices;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use StandIn\Web\ClientPage;

/** The client area's home: services, invoices due, credit. */
final class HomePage
{
    public static function handle(int $clientId): void
    {
        $unpaid = Db::table('tblinvoices')->where('userid', $clientId)->where('status', 'Unpaid')->pluck('id');
        $due = $unpaid->filter(static fn ($id): bool => !Invoices::hasLineOfType((int) $id, 'Invoice'))
            ->sum(static fn ($id): int => max(0, Invoices::openBalance((int) $id)));
        $services = Db::table('tblhosting')->join('tblproducts', 'tblproducts.id', '=', 'tblhosting.packageid')
            ->where('userid', $clientId)->orderBy('tblhosting.id')
            ->get(['tblhosting.*', 'tblproducts.name'])->map(static fn (object $row): array => (array) $row)->all();
        $currency = (int) getCurrency($clientId)['id'];
        ClientPage::show('clientareahome', 'Client Area', [
            'services' => $services, 'dueinvoices' => $unpaid->count(),
            'duetotal' => formatCurrency(Money::text((int) $due), $currency),
            'creditbalance' => formatCurrency(Money::text(Credit::balance($clientId)), $currency),
            'currencyid' => $currency,
            'homepageoutput' => implode("\n", array_filter(run_hook('ClientAreaHomepage', []), 'is_string')),
        ], 'ClientAreaPageHome');
    }
}
