<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Command;

use InvalidArgumentException;
use WHMCS\Module\Addon\Creditbridge\Hundredths;
use WHMCS\Module\Addon\Creditbridge\Installation\CreditSettings;

/**
 * What the shim may be asked to do, with the parameters of each action (bridge/README.md "A command's life"). Anything
 * else is refused, whoever wrote the row.
 */
final class Actions
{
    const MONEY = ['AddCredit', 'ApplyCredit', 'UpdateInvoice'];

    const PARAMETERS = [
        'AddCredit' => ['clientid', 'description', 'amount', 'type'],
        'ApplyCredit' => ['invoiceid', 'amount', 'noemail'],
        'UpdateInvoice' => ['invoiceid', 'status'],
        'SendEmail' => ['messagename', 'customtype', 'customsubject', 'custommessage', 'id'],
        'LogActivity' => ['description', 'clientid'],
        'SetConfigurationValue' => ['setting', 'value'],
    ];

    /** Why the command is not one of these; '' when it is. */
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
            if (!is_scalar($value)) {
                return 'The parameter ' . $name . ' is not a single value.';
            }
        }
        if (isset($parameters['amount']) && !self::isAmount($parameters['amount'])) {
            return 'The amount is not a positive decimal string.';
        }
        if (isset($parameters['clientid']) && (int) $parameters['clientid'] !== $command['client_id']) {
            return 'The parameter clientid is not the client of the command.';
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

    private static function isAmount($value): bool
    {
        try {
            return is_string($value) && Hundredths::parse($value) > 0;
        } catch (InvalidArgumentException $notAnAmount) {
            return false;
        }
    }
}
