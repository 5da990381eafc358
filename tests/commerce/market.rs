//! Owns a product with a market in it: how it is configured, who moderates, who sells which cards. It refuses to buy.

use blackbox::{Actor, Field as _, Instance, Plan, SERVERS, Servers, mail, skip, unique};
use serde_json::{Value, json};

/// How a product is configured for a test.
#[derive(Clone, Copy)]
pub struct Terms {
    /// How long a buyer may pay, in milliseconds.
    pub pay_within_ms: u64,
    /// When a slow payment settles, in milliseconds.
    pub slow_ms: u64,
}

/// A product and who moderates it.
pub struct Market {
    pub product: Instance,
    pub moderator: Actor,
    /// Those of a cluster; they end with it.
    _servers: Option<Servers>,
}

/// What a seller offers.
#[derive(Clone, Copy, Debug)]
pub struct Ware {
    pub price: u64,
    pub edition: Option<u64>,
    pub message_price: Option<u64>,
}

/// A card on sale.
#[derive(Clone, Debug)]
pub struct Card {
    pub id: String,
    pub handle: String,
    pub agent: String,
    pub price: u64,
    pub edition: Option<u64>,
}

/// An amount of the product's one currency.
pub fn euros(cents: u64) -> Value {
    json!({"amount": cents, "currency": "EUR"})
}

impl Market {
    /// Starts a product in one process. None, with a printed line, when the suite speaks to a foreign one.
    pub async fn in_one_process(terms: Terms) -> Option<Self> {
        let (variables, moderator) = terms.variables();
        let product = Instance::own_with(variables)?;
        Some(Self::open(product, &moderator, None).await)
    }

    /// Starts one process per service, on servers of its own, and names the processes. None, with a printed line, where
    /// that cannot be had.
    pub async fn in_a_cluster(terms: Terms) -> Option<(Self, Vec<String>)> {
        if std::env::var("AICHAT_TEST_URL").is_ok() {
            skip("needs to start and kill processes of its own");
            return None;
        }
        let servers = match Servers::start(None) {
            Ok(servers) => servers,
            Err(why) => {
                skip(&why);
                return None;
            }
        };
        let mut plan = Plan::new();
        let names = plan.ports().keys().cloned().collect();
        let [mongodb, redis, kafka, nats] = SERVERS.map(|name| servers.address(name));
        plan.variable(
            "AICHAT_MONGODB_URL",
            format!("mongodb://{mongodb}/?directConnection=true"),
        );
        plan.variable("AICHAT_REDIS_URL", format!("redis://{redis}/"));
        plan.variable("AICHAT_KAFKA_URL", kafka);
        plan.variable("AICHAT_NATS_URL", format!("nats://{nats}"));
        let (variables, moderator) = terms.variables();
        for (name, value) in variables {
            plan.variable(&name, value);
        }
        let product = plan.start();
        Some((Self::open(product, &moderator, Some(servers)).await, names))
    }

    async fn open(product: Instance, handle: &str, servers: Option<Servers>) -> Self {
        let email = email_of(handle);
        let person = Actor::signup_as(&product, "moderator", (handle, &email)).await;
        let token = mail::next_token(&product, &email, &[]).await;
        let proven = person.post("/api/auth/email/verify", json!({"token": token})).await;
        assert!(matches!(proven.status, 200 | 204), "{}", proven.text);
        // The right is in tokens that are given from now on.
        let moderator = person.another_device().await;
        Self {
            product,
            moderator,
            _servers: servers,
        }
    }

    /// Signs up many people, a few at a time.
    pub async fn people(&self, name: &str, count: usize) -> Vec<Actor> {
        use futures::StreamExt as _;
        futures::stream::iter(0..count)
            .map(|_| Actor::signup(&self.product, name))
            .buffered(8)
            .collect()
            .await
    }

    /// Puts a card of `seller` on sale.
    pub async fn sell(&self, seller: &Actor, ware: Ware) -> Card {
        let handle = unique("card");
        let mut body = json!({
            "name": "An adviser", "handle": handle, "description": "Gives advice.", "category": "assistant",
            "persona": "You give short advice.", "price": euros(ware.price),
        });
        if let Some(size) = ware.edition {
            body["editionSize"] = json!(size);
        }
        if let Some(cents) = ware.message_price {
            body["messagePrice"] = euros(cents);
        }
        let id = seller.post("/api/model-cards", body).await.is(201).text("id");
        seller
            .post_empty(&format!("/api/model-cards/{id}/submit"))
            .await
            .is(200);
        self.moderator
            .post_empty(&format!("/api/model-cards/{id}/approve"))
            .await
            .is(200);
        let on_sale = seller.post_empty(&format!("/api/model-cards/{id}/publish")).await;
        let on_sale = on_sale.is(200);
        Card {
            id,
            handle: on_sale.text("handle"),
            agent: on_sale.text("agentId"),
            price: ware.price,
            edition: ware.edition,
        }
    }

    /// Lets the built-in provider misbehave from now on; an empty plan is none.
    pub async fn misbehave(&self, plan: Value) {
        self.moderator.put("/api/payments/test/faults", plan).await.is(200);
    }

    /// Reads the provider's own books in euros: charges, captured, refunded.
    pub async fn books(&self) -> (u64, u64, u64) {
        let books = self.moderator.get("/api/payments/test/books").await.is(200);
        let euros = books.list("totals").into_iter().find(|of| of.has("currency", "EUR"));
        euros.map_or((0, 0, 0), |of| {
            (of.number("charges"), of.number("captured"), of.number("refunded"))
        })
    }
}

impl Terms {
    /// Gives the variables, and the handle of the moderator that they name.
    fn variables(self) -> (Vec<(String, String)>, String) {
        let moderator = unique("moderator");
        let variables = [
            ("AUTH__ADMINS", format!("[\"{}\"]", email_of(&moderator))),
            ("PAYMENTS__TEST__ENABLED", "true".to_owned()),
            ("ORDERS__PAY_WITHIN_MS", self.pay_within_ms.to_string()),
            // A few buyers let very much go here.
            ("ORDERS__LET_GO_MAX", "1000".to_owned()),
            ("ORDERS__OPEN_ORDERS_MAX", "200".to_owned()),
            ("PAYMENTS__TEST__SLOW_MS", self.slow_ms.to_string()),
            // Rates at which cents must be rounded.
            ("PAYMENTS__TAX_BPS", "1900".to_owned()),
            // A process that dies between a payment and its webhook tells nobody; it is asked for soon enough here.
            ("PAYMENTS__RECONCILE__AGE_MS", "5000".to_owned()),
        ];
        let named = variables.map(|(name, value)| (format!("AICHAT_{name}"), value));
        (named.to_vec(), moderator)
    }
}

fn email_of(handle: &str) -> String {
    format!("{handle}@example.com")
}
