<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Billing\Invoices;
use StandIn\Platform\Clock;
use StandIn\Platform\Currency;
use StandIn\Platform\Db;
use StandIn\Platform\Money;
use stdClass;

/** whmcs.md §3.2. The money in stats is formatted text. */
final class GetClientsDetails implements Action
{
    private const HIDDEN = [
        'password', 'cardnum', 'startdate', 'expdate', 'issuenumber', 'bankcode', 'bankacct', 'securityqans', 'pwresetkey',
        'pwresetexpiry', 'authdata', 'authmodule',
    ];

    public function run(array $values): array
    {
        $id = (int) ($values['clientid'] ?? 0);
        $email = (string) ($values['email'] ?? '');
        if ($id === 0 && $email === '') {
            throw new ApiError('Either clientid Or email Is Required');
        }
        $query = Db::table('tblclients');
        $client = ($id !== 0 ? $query->where('id', $id) : $query->where('email', $email))->first()
            ?? throw new ApiError('Client Not Found');
        $details = array_diff_key((array) $client, array_flip(self::HIDDEN));
        $details = ['userid' => (int) $client->id, 'client_id' => (int) $client->id] + $details;
        $details['currency_code'] = Currency::byId((int) $client->currency)['code'];
        $answer = $details + ['client' => $details];
        return filter_var($values['stats'] ?? false, FILTER_VALIDATE_BOOLEAN) ? $answer + ['stats' => self::stats($client)] : $answer;
    }

    /** @return array<string, mixed> */
    private static function stats(stdClass $client): array
    {
        $unpaid = Db::table('tblinvoices')->where('userid', $client->id)->where('status', 'Unpaid')->get(['id', 'duedate']);
        $due = $unpaid->sum(static fn (object $invoice): int => max(0, Invoices::openBalance((int) $invoice->id)));
        return [
            'creditbalance' => Currency::format(Money::parse($client->credit), (int) $client->currency),
            'incredit' => Money::parse($client->credit) > 0,
            'numdueinvoices' => $unpaid->count(),
            'numoverdueinvoices' => $unpaid->filter(static fn (object $row): bool => $row->duedate < Clock::today())->count(),
            'unpaidinvoicesamount' => Currency::format((int) $due, (int) $client->currency),
        ];
    }
}
