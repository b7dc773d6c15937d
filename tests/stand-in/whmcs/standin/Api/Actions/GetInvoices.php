<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\Read;
use StandIn\Platform\Clock;
use StandIn\Platform\Currency;
use StandIn\Platform\Db;

/** whmcs.md §3.2; "Overdue" is only a filter word (§2.8). */
final class GetInvoices implements Action
{
    private const ORDER = [
        'id' => 'id', 'invoicenumber' => 'invoicenum', 'date' => 'date', 'duedate' => 'duedate', 'total' => 'total',
        'status' => 'status',
    ];

    public function run(array $values): array
    {
        $query = Db::table('tblinvoices');
        if ((int) ($values['userid'] ?? 0) !== 0) {
            $query->where('userid', (int) $values['userid']);
        }
        $status = Read::text($values, 'status');
        if ($status === 'Overdue') {
            $query->where('status', 'Unpaid')->where('duedate', '<', Clock::today());
        } elseif ($status !== '') {
            $query->where('status', $status);
        }
        $total = $query->count();
        $start = max(0, (int) ($values['limitstart'] ?? 0));
        $order = self::ORDER[Read::text($values, 'orderby')] ?? 'id';
        $query->orderBy($order, Read::text($values, 'order') === 'asc' ? 'asc' : 'desc');
        $rows = $query->skip($start)->take(max(1, (int) ($values['limitnum'] ?? 25)))->get();
        $invoices = $rows->map(static function (object $row): array {
            $currency = Currency::ofClient((int) $row->userid);
            return (array) $row + [
                'currencycode' => $currency['code'], 'currencyprefix' => $currency['prefix'],
                'currencysuffix' => $currency['suffix'],
            ];
        })->all();
        return [
            'totalresults' => $total, 'startnumber' => $start, 'numreturned' => count($invoices),
            'invoices' => ['invoice' => $invoices],
        ];
    }
}
