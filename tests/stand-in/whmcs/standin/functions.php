<?php

// The global functions WHMCS offers to modules, as whmcs.md §4.1, §6 and §3.2 name them.

declare(strict_types=1);

use StandIn\Api\Api;
use StandIn\Billing\Payment;
use StandIn\Gateway\GatewayCallback;
use StandIn\Platform\Activity;
use StandIn\Platform\Cipher;
use StandIn\Platform\Currency;
use StandIn\Platform\Hooks;
use StandIn\Platform\Money;
use StandIn\Web\Token;
use WHMCS\View\Formatter\Price;

function add_hook(string $point, int $priority, callable $callback): void
{
    Hooks::add($point, $priority, $callback);
}

/** @return list<mixed> */
function run_hook(string $point, mixed $vars = []): array
{
    return Hooks::run($point, $vars);
}

/**
 * @param array<string, mixed> $values
 * @return array<string, mixed>
 */
function localAPI(string $command, array $values = [], string|int|null $adminUser = null): array
{
    return Api::local($command, $values, $adminUser === null ? null : (string) $adminUser);
}

function logActivity(string $message, ?int $clientId = 0): void
{
    Activity::log($message, (int) $clientId);
}

/** @param list<string> $replaceVars Texts that must not appear in the log. */
function logModuleCall(
    string $module,
    string $action,
    mixed $request,
    mixed $response,
    mixed $processed = '',
    array $replaceVars = []
): void {
    Activity::moduleCall($module, $action, $request, $response, $processed, $replaceVars);
}

function generate_token(string $type = 'form'): string
{
    return $type === 'plain' ? Token::plain() : Token::field();
}

/** Stops the request when the token is missing or wrong (whmcs.md §6). */
function check_token(string $namespace = 'WHMCS.default'): void
{
    Token::check();
}

/** @return array<string, mixed> */
function getCurrency(int|string|null $clientId = null, int|string|null $currencyId = null): array
{
    return match (true) {
        $clientId !== null && (int) $clientId > 0 => Currency::ofClient((int) $clientId),
        $currencyId !== null && (int) $currencyId > 0 => Currency::byId((int) $currencyId),
        default => Currency::default(),
    };
}

function formatCurrency(string|int|float $amount, int|string|null $currencyId = null): Price
{
    return new Price(Money::parse($amount), getCurrency(null, $currencyId));
}

function encrypt(string $text): string
{
    return Cipher::encrypt($text);
}

function decrypt(string $text): string
{
    return Cipher::decrypt($text);
}

/** The helper of gateway files (whmcs.md §3.2): records money, pays the invoice once it is covered, puts surplus to credit. */
function addInvoicePayment(int $invoiceId, string $transId, string|float $amount, string|float $fee, string $gateway): bool
{
    $amount = $amount === '' ? null : Money::parse($amount);
    Payment::add($invoiceId, $transId, $gateway, $amount, Money::parse($fee));
    return true;
}

/** A gateway tells that a payment was taken back (whmcs.md §2.7): every payment of that transaction, whole. */
function paymentReversed(string $reverseTransId, string $originalTransId, int $invoiceId = 0, ?string $gateway = null): void
{
    GatewayCallback::reverse($reverseTransId, $originalTransId);
}

/** @return array<string, string> */
function getGatewayVariables(string $gateway): array
{
    return GatewayCallback::variables($gateway);
}

function checkCbInvoiceID(int $invoiceId, string $gateway): int
{
    return GatewayCallback::checkInvoice($invoiceId, $gateway);
}

function checkCbTransID(string $transId): void
{
    GatewayCallback::checkTransaction($transId);
}

/** @param array<string, mixed>|string $data */
function logTransaction(string $gateway, array|string $data, string $result): void
{
    GatewayCallback::log($gateway, $data, $result);
}

/** WHMCS's language class; the stand-in knows a few keys in English and answers others with the key. */
final class Lang
{
    private const TEXTS = [
        'addfunds' => 'Add Funds', 'invoices' => 'Invoices', 'clientareatitle' => 'Client Area',
        'globalsystemname' => 'Portal Home', 'availcreditbal' => 'Credit Balance',
    ];

    public static function trans(string $key): string
    {
        return self::TEXTS[$key] ?? $key;
    }
}
