<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use InvalidArgumentException;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Installation\CreditSettings;

/**
 * The actions that a command may ask for, with their parameters (bridge/README.md "A command's life"). The shim refuses
 * everything else.
 */
final class Actions
{
    /** Their effect (a mail, a charge) leaves WHMCS before WHMCS records it. Never called twice (design §7). */
    const LEAVES_FIRST = ['SendEmail', 'CapturePayment'];

    const PARAMETERS = [
        'AddCredit' => ['clientid', 'description', 'amount', 'type'],
        'ApplyCredit' => ['invoiceid', 'amount', 'noemail'],
        'UpdateInvoice' => ['invoiceid', 'status'],
        'CreateInvoice' => ['userid', 'lines', 'duedate', 'paymentmethod', 'addfunds', 'sendinvoice'],
        'CapturePayment' => ['invoiceid'],
        'SendEmail' => ['messagename', 'customtype', 'customsubject', 'custommessage', 'id'],
        'LogActivity' => ['description', 'clientid'],
        'SetConfigurationValue' => ['setting', 'value'],
    ];

    /** Returns why the command is not allowed; '' if it is. */
    public static function refusal(array $command): string
    {
        $allowed = self::PARAMETERS[$command['action']] ?? null;
        if ($allowed === null) {
            return 'The action ' . $command['action'] . ' is not allowed.';
        }
        $parameters = $command['parameters'];
        $unknown = array_diff(array_keys($parameters), $allowed);
        if ($unknown !== []) {
            return $command['action'] . ' takes no parameter ' . implode(', ', $unknown) . '.';
        }
        foreach ($parameters as $name => $value) {
            if (!is_scalar($value) && $name !== 'lines') {
                return 'The parameter ' . $name . ' is not a single value.';
            }
        }
        if (isset($parameters['amount']) && !self::isAmount($parameters['amount'])) {
            return 'The amount is not a positive decimal string.';
        }
        foreach (['clientid', 'userid'] as $name) {
            if (isset($parameters[$name]) && (int) $parameters[$name] !== $command['client_id']) {
                return 'The parameter ' . $name . ' is not the client of the command.';
            }
        }
        if (isset($parameters['invoiceid']) && (int) $parameters['invoiceid'] !== $command['invoice_id']) {
            return 'The parameter invoiceid is not the invoice of the command.';
        }
        return self::incomplete($command['action'], $parameters);
    }

    private static function incomplete(string $action, array $parameters): string
    {
        $has = static function (string ...$names) use ($parameters): bool {
            return array_diff($names, array_keys($parameters)) === [];
        };
        switch ($action) {
            case 'AddCredit':
                $isComplete = $has('clientid', 'description', 'amount', 'type')
                    && in_array($parameters['type'], ['add', 'remove'], true);
                break;
            case 'ApplyCredit':
                $isComplete = $has('invoiceid', 'amount');
                break;
            case 'UpdateInvoice':
                $isComplete = $has('invoiceid', 'status') && $parameters['status'] === 'Cancelled';
                break;
            case 'CreateInvoice':
                $isComplete = $has('userid', 'lines', 'addfunds', 'sendinvoice') && self::isInvoice($parameters);
                break;
            case 'CapturePayment':
                $isComplete = $has('invoiceid');
                break;
            case 'SendEmail':
                $isComplete = $has('messagename', 'id') || $has('customtype', 'customsubject', 'custommessage', 'id');
                break;
            case 'LogActivity':
                $isComplete = $has('description');
                break;
            default:
                $isComplete = $has('setting', 'value')
                    && in_array($parameters['setting'], CreditSettings::WRITABLE, true);
        }
        return $isComplete ? '' : 'The parameters of ' . $action . ' are incomplete or have a value that is not allowed.';
    }

    /** WHMCS does not tax lines that add credit (whmcs.md §2.3), so they must not be marked as taxed. */
    private static function isInvoice(array $parameters): bool
    {
        $dueDate = $parameters['duedate'] ?? null;
        $method = $parameters['paymentmethod'] ?? null;

        return InvoiceLines::areAllowed($parameters['lines'])
            && is_bool($parameters['addfunds']) && is_bool($parameters['sendinvoice'])
            && ($dueDate === null || (is_string($dueDate) && self::isDate($dueDate)))
            && ($method === null || (is_string($method) && preg_match('/^[a-z0-9_]{1,32}$/D', $method) === 1))
            && !($parameters['addfunds'] && in_array(true, array_column($parameters['lines'], 'taxed'), true));
    }

    private static function isDate(string $text): bool
    {
        return preg_match('/^(\d{4})-(\d\d)-(\d\d)$/D', $text, $part) === 1
            && checkdate((int) $part[2], (int) $part[3], (int) $part[1]);
    }

    private static function isAmount($value): bool
    {
        try {
            return is_string($value) && Hundredths::parse($value) > 0;
        } catch (InvalidArgumentException $notAnAmount) {
            return false;
        }
    }
}
