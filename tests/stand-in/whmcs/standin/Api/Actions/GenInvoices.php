<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\Read;
use StandIn\Billing\RecurringInvoices;

/** whmcs.md §3.2. */
final class GenInvoices implements Action
{
    public function run(array $values): array
    {
        $clientId = isset($values['clientid']) ? (int) Read::client($values)->id : null;
        $services = array_map('intval', (array) ($values['serviceids'] ?? []));
        ['created' => $created, 'latest' => $latest]
            = RecurringInvoices::generate($clientId, $services, !Read::flag($values, 'noemails'));
        return ['numcreated' => $created, 'latestinvoiceid' => (string) $latest];
    }
}
