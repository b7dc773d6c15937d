<?php

// Generated from bridge/hooks.ts and bridge/unknown-hook.ts by `npm run generate`. Change those, not this.

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Hook;

/** The fields that may leave WHMCS, per hook. bridge/README.md says where each value comes from. */
final class Fields
{
    /** Log-ins, passwords, cards: never forwarded, whatever a manifest says. */
    const NEVER = [
        'ClientLogin',
        'ClientLoginShare',
        'UserLogin',
        'UserLogout',
        'AdminLogin',
        'AuthAdmin',
        'AuthAdminApi',
        'ClientChangePassword',
        'UserChangePassword',
        'AffiliateClickthru',
        'CCUpdate',
        'PreCCUpdate',
    ];

    /** Parts of names (any case) that never leave with a hook that only a provider's rule uses. */
    const DENIED = [
        'pass',
        'card',
        'cc',
        'cvv',
        'secur',
        'token',
        'secret',
        'hash',
        'iban',
        'bank',
        'session',
        'auth',
        'gatewayid',
        'taxid',
        'tax_id',
    ];

    /** Endings of names that such a hook forwards without naming them. */
    const ENDINGS = ['id', 'amount', 'status', 'type'];

    const KNOWN = [
        'InvoiceCreation' => ['source', 'user', 'invoiceid', 'status'],
        'InvoiceCreationPreEmail' => ['source', 'user', 'invoiceid', 'status'],
        'InvoiceCreationAdminArea' => ['source', 'user', 'invoiceid', 'status'],
        'InvoiceCreated' => ['source', 'user', 'invoiceid', 'status'],
        'UpdateInvoiceTotal' => ['invoiceid'],
        'AddInvoicePayment' => ['invoiceid'],
        'InvoicePaidPreEmail' => ['invoiceid'],
        'InvoicePaid' => ['invoiceid'],
        'InvoiceUnpaid' => ['invoiceid'],
        'InvoiceCancelled' => ['invoiceid'],
        'InvoiceRefunded' => ['invoiceid'],
        'InvoiceChangeGateway' => ['invoiceid', 'paymentmethod'],
        'InvoiceSplit' => ['originalinvoiceid', 'newinvoiceid'],
        'InvoicePaymentReminder' => ['invoiceid', 'type'],
        'AddInvoiceLateFee' => ['invoiceid'],
        'AddTransaction' => [
            'id',
            'userid',
            'currency',
            'gateway',
            'amountin',
            'fees',
            'amountout',
            'invoiceid',
            'invocieid',
            'refundid',
        ],
        'ManualRefund' => ['transid', 'amount'],
        'CancelAndRefundOrder' => ['orderid'],
        'PreInvoicingGenerateInvoiceItems' => [],
        'AfterInvoicingGenerateInvoiceItems' => [],
        'PreInvoiceAutomaticCancellation' => ['invoiceid'],
        'ViewInvoiceDetailsPage' => ['invoiceid'],
        'AcceptQuote' => ['quoteid', 'invoiceid'],
        'ShoppingCartValidateCheckout' => ['clientId', 'paymentmethod', 'request.applycredit'],
        'PreShoppingCartCheckout' => ['session.userid', 'request.applycredit'],
        'AfterShoppingCartCheckout' => [
            'OrderID',
            'OrderNumber',
            'PaymentMethod',
            'InvoiceID',
            'TotalDue',
            'request.applycredit',
        ],
        'OrderPaid' => ['orderId', 'userId', 'invoiceId'],
        'AcceptOrder' => ['orderid'],
        'CancelOrder' => ['orderid'],
        'FraudOrder' => ['orderid'],
        'PendingOrder' => ['orderid'],
        'DeleteOrder' => ['orderid'],
        'PreUpgradeCheckout' => ['clientId', 'upgradeId', 'serviceId', 'amount', 'discount'],
        'ShoppingCartValidateUpgrade' => ['id', 'pid'],
        'ClientAdd' => [
            'client_id',
            'user_id',
            'userid',
            'currency',
            'groupid',
            'status',
            'separateinvoices',
            'latefeeoveride',
            'overideduenotices',
            'taxexempt',
            'overrideautoclose',
            'emailoptout',
        ],
        'ClientEdit' => [
            'userid',
            'currency',
            'groupid',
            'status',
            'separateinvoices',
            'latefeeoveride',
            'overideduenotices',
            'taxexempt',
            'overrideautoclose',
            'emailoptout',
        ],
        'ClientClose' => ['userid'],
        'PreDeleteClient' => ['userid'],
        'AfterClientMerge' => ['toUserID', 'fromUserID'],
        'ClientAreaPageAddFunds' => ['session.userid'],
        'ClientAreaPageViewInvoice' => ['invoiceid'],
        'EmailPreSend' => ['messagename', 'relid'],
        'PreCronJob' => [],
        'PreAutomationTask' => ['task'],
        'PostAutomationTask' => ['task', 'completed'],
        'DailyCronJobPreEmail' => [],
        'DailyCronJob' => [],
        'AfterCronJob' => [],
    ];
}
