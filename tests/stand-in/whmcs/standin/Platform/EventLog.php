<?php

declare(strict_types=1);

namespace StandIn\Platform;

/** What the stand-in did, in order, so that tests can see what came before what. */
final class EventLog
{
    public static function write(
        string $event,
        int $client = 0,
        int $invoice = 0,
        int $service = 0,
        string $detail = ''
    ): void {
        Db::sideRun(
            'INSERT INTO standin_event_log (at, clock, event, client_id, invoice_id, service_id, detail)
             VALUES (NOW(6), ?, ?, ?, ?, ?, ?)',
            [Clock::now(), $event, $client, $invoice, $service, $detail]
        );
    }
}
