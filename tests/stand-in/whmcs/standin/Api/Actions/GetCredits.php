<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\Read;
use StandIn\Platform\Db;

/** whmcs.md §3.2: the log without paging. */
final class GetCredits implements Action
{
    public function run(array $values): array
    {
        $client = Read::client($values);
        $rows = Db::table('tblcredit')->where('clientid', $client->id)->orderBy('id')
            ->get(['id', 'date', 'description', 'amount', 'relid']);
        return [
            'totalresults' => $rows->count(), 'clientid' => (int) $client->id,
            'credits' => ['credit' => $rows->map(static fn (object $row): array => array_map('strval', (array) $row))->all()],
        ];
    }
}
