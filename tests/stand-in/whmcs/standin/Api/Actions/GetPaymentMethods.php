<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Platform\Db;

/** whmcs.md §3.2. */
final class GetPaymentMethods implements Action
{
    public function run(array $values): array
    {
        $rows = Db::table('tblpaymentgateways')->where('setting', 'name')->orderBy('order')->get(['gateway', 'value'])
            ->map(static fn (object $row): array => ['module' => $row->gateway, 'displayname' => $row->value])->all();
        return ['totalresults' => count($rows), 'paymentmethods' => ['paymentmethod' => $rows]];
    }
}
