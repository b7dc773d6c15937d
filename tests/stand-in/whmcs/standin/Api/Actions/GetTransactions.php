<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Platform\Db;

/** whmcs.md §3.2. */
final class GetTransactions implements Action
{
    private const FILTERS = ['invoiceid' => 'invoiceid', 'clientid' => 'userid', 'transid' => 'transid'];

    public function run(array $values): array
    {
        $query = Db::table('tblaccounts')->orderBy('id');
        foreach (self::FILTERS as $parameter => $column) {
            if (isset($values[$parameter]) && $values[$parameter] !== '') {
                $query->where($column, $values[$parameter]);
            }
        }
        $rows = $query->get([
            'id', 'userid', 'currency', 'gateway', 'date', 'description', 'amountin', 'fees', 'amountout', 'rate',
            'transid', 'invoiceid', 'refundid',
        ])->map(static fn (object $row): array => array_map('strval', (array) $row))->all();
        return [
            'totalresults' => count($rows), 'startnumber' => 0, 'numreturned' => count($rows),
            'transactions' => ['transaction' => $rows],
        ];
    }
}
