<?php

declare(strict_types=1);

namespace StandIn\Platform;

use Throwable;

/** Hook points and their callbacks (whmcs.md §4.1): run synchronously, lower priority first, return values collected. */
final class Hooks
{
    /** Points that only dress up pages; the event log leaves them out. */
    private const QUIET = '/^(ClientArea|AdminArea|AdminHomepage|AdminInvoices|AdminClient|ViewInvoice|LogActivity)/';

    /** @var array<string, list<array{priority: int, callback: callable}>> */
    private static array $callbacks = [];

    public static function add(string $point, int $priority, callable $callback): void
    {
        self::$callbacks[$point][] = ['priority' => $priority, 'callback' => $callback];
    }

    /**
     * @param mixed $argument One array as a rule; an object at a few points.
     * @return list<mixed> What the callbacks returned, without nulls.
     */
    public static function run(string $point, mixed $argument = []): array
    {
        if (preg_match(self::QUIET, $point) !== 1) {
            $invoice = is_array($argument) ? (int) ($argument['invoiceid'] ?? $argument['InvoiceID'] ?? 0) : 0;
            EventLog::write('hook', invoice: $invoice, detail: $point);
        }
        $callbacks = self::$callbacks[$point] ?? [];
        usort($callbacks, static fn (array $a, array $b): int => $a['priority'] <=> $b['priority']);
        $results = [];
        foreach ($callbacks as ['callback' => $callback]) {
            $result = StatementLog::during(
                $point,
                static fn (): mixed => Death::within('', static fn (): mixed => self::call($callback, $argument))
            );
            if ($result !== null) {
                $results[] = $result;
            }
        }
        return $results;
    }

    /** @return list<string> */
    public static function registered(): array
    {
        return array_keys(self::$callbacks);
    }

    /** What WHMCS does with an exception of a callback is not documented (whmcs.md §4.1, §8.17). */
    private static function call(callable $callback, mixed $argument): mixed
    {
        try {
            return $callback($argument);
        } catch (Throwable $error) {
            ErrorLog::exception($error);
            if (Switches::get('hook_exception') === 'fatal') {
                throw $error;
            }
            return null;
        }
    }
}
